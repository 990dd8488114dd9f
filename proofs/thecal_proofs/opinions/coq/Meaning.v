(* SPDX-License-Identifier: Apache-2.0 *)
(* What a question says: the only part of this folder that must be believed to mean what it should.

   A question is a table of nodes. Node number i is the i-th of the table, from 1, and speaks of earlier ones alone. Each
   is an integer or a truth; some of the truths are the question's facts. *)
From Coq Require Import ZArith List Bool.
Import ListNotations.
Open Scope Z_scope.

Inductive node : Set :=
| Unknown                                     (* an integer or a truth of which nothing is known *)
| Const (z : Z)
| Add (a b : positive)
| Sub (a b : positive)
| Mul (a b : positive)
| Div (a b : positive)                        (* the floor, as in CPython; a divisor is positive *)
| Mod (a b : positive)
| Choose (c a b : positive)                   (* of two integers by a truth *)
| Apply (f : positive) (ints truths : list positive) (* of an unknown function with integers and truths as arguments *)
| Truth (b : bool)
| Eq (a b : positive)                         (* of integers *)
| Le (a b : positive)
| Lt (a b : positive)
| Same (a b : positive)                       (* of truths *)
| Pick (c a b : positive)                     (* of two truths by a third *)
| And (parts : list positive)
| Or (parts : list positive)
| Not (a : positive)
| Ask (f : positive) (ints truths : list positive). (* as Apply, of a function whose result is a truth *)

(* Everything that is unknown: a world gives it. *)
Record world : Type := World {
  integers : positive -> Z;
  choices : positive -> bool;
  functions : positive -> list Z -> list bool -> Z;
  predicates : positive -> list Z -> list bool -> bool }.

Section In_a_world.
  Variable w : world.

  (* The integer that node i is, from those that its arguments are; 0 where it is a truth. *)
  Definition integer (v : positive -> Z) (p : positive -> bool) (i : positive) (n : node) : Z :=
    match n with
    | Unknown => integers w i
    | Const z => z
    | Add a b => v a + v b
    | Sub a b => v a - v b
    | Mul a b => v a * v b
    | Div a b => v a / v b
    | Mod a b => v a mod v b
    | Choose c a b => if p c then v a else v b
    | Apply f xs ps => functions w f (map v xs) (map p ps)
    | _ => 0
    end.

  Definition truth (v : positive -> Z) (p : positive -> bool) (i : positive) (n : node) : bool :=
    match n with
    | Unknown => choices w i
    | Truth b => b
    | Eq a b => v a =? v b
    | Le a b => v a <=? v b
    | Lt a b => v a <? v b
    | Same a b => Bool.eqb (p a) (p b)
    | Pick c a b => if p c then p a else p b
    | And l => forallb p l
    | Or l => existsb p l
    | Not a => negb (p a)
    | Ask f xs ps => predicates w f (map v xs) (map p ps)
    | _ => false
    end.

  Definition put {A : Type} (i : positive) (x : A) (f : positive -> A) : positive -> A :=
    fun j => if Pos.eqb i j then x else f j.

  (* The table is evaluated node by node, from number i on. *)
  Fixpoint evaluate (i : positive) (table : list node) (v : positive -> Z) (p : positive -> bool)
    : (positive -> Z) * (positive -> bool) :=
    match table with
    | [] => (v, p)
    | n :: rest => evaluate (Pos.succ i) rest (put i (integer v p i n) v) (put i (truth v p i n) p)
    end.
End In_a_world.

Definition arguments (n : node) : list positive :=
  match n with
  | Unknown | Const _ | Truth _ => []
  | Add a b | Sub a b | Mul a b | Div a b | Mod a b | Eq a b | Le a b | Lt a b | Same a b => [a; b]
  | Choose c a b | Pick c a b => [c; a; b]
  | And l | Or l => l
  | Not a => [a]
  | Apply _ xs ps | Ask _ xs ps => xs ++ ps
  end.

Fixpoint is_ordered (i : positive) (table : list node) : bool :=
  match table with
  | [] => true
  | n :: rest => forallb (fun a => Pos.ltb a i) (arguments n) && is_ordered (Pos.succ i) rest
  end.

(* In no world are all the facts true. *)
Definition impossible (table : list node) (facts : list positive) : Prop :=
  is_ordered 1 table = true /\
  forall w : world, ~ forall i, In i facts -> snd (evaluate w 1 table (fun _ => 0) (fun _ => false)) i = true.
