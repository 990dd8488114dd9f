(* SPDX-License-Identifier: Apache-2.0 *)
(* Checks an argument that a question is impossible; `Right.v` proves that whatever it accepts is so.

   An argument is a list of clauses, each following from the meaning of a node, from arithmetic, or from earlier ones;
   the last is empty. Nothing here searches. *)
From Coq Require Import ZArith List Bool FMapPositive.
From Thecal Require Import Meaning Polynomials.
Import ListNotations.
Open Scope Z_scope.

Module M := PositiveMap.

Definition literal : Set := positive * bool.
Definition clause := list literal.

(* Why a polynomial is 0, or at least 0, where all literals of a clause are false. *)
Inductive evidence : Set :=
| Given (i : positive)                 (* literal i of the clause is false *)
| Chosen (i : positive)                (* node i chooses by a literal of the clause *)
| Scaled (k : Z) (e : evidence)
| Sum (e f : evidence)
| Product (e f : evidence)
| Times (i : positive) (e : evidence)  (* what is 0, times node i *)
| Rounded (g : Z) (e : evidence)
| Quotient (i : positive)              (* k q <= a *)
| QuotientTop (i : positive)           (* a <= k q + k - 1 *)
| Remainder (i : positive)             (* 0 <= r *)
| RemainderTop (i : positive)          (* r <= k - 1 *)
| Divided (q r : positive).            (* a = k q + r *)

Inductive step : Set :=
| Fact (i : positive)                                   (* a fact of the question *)
| Part (i : positive) (k : nat)                         (* of what node i means, the k-th clause *)
| Arith (c : clause) (e : evidence)                     (* were it false, a negative number would be at least 0 *)
| Squeezed (c : clause) (i : positive) (e f : evidence) (* its literal i is an equality: were it false, both <= *)
| Congruent (i j out : positive) (ints truths : list positive) (* one function of equal arguments *)
| Derived (c : clause) (hints : list positive).         (* were it false, the clauses named would clash one by one *)

Section Checking.
  Variable table : M.t node.
  Variable polys : M.t poly.
  Variable facts : list positive.

  Definition poly_of (i : positive) : poly :=
    match M.find i polys with Some p => p | None => [([i], 1)] end.

  Fixpoint sign (i : positive) (c : clause) : option bool :=
    match c with
    | [] => None
    | (j, b) :: c' => if Pos.eqb i j then Some b else sign i c'
    end.

  (* What a node says of integers if it is true, or false: whether it is 0, or at least 0, and which polynomial. *)
  Definition said (i : positive) (value : bool) : option (bool * poly) :=
    match M.find i table with
    | Some (Le a b) =>
      Some (false, if value then minus (poly_of b) (poly_of a) else add (constant (-1)) (minus (poly_of a) (poly_of b)))
    | Some (Lt a b) =>
      Some (false, if value then add (constant (-1)) (minus (poly_of b) (poly_of a)) else minus (poly_of a) (poly_of b))
    | Some (Eq a b) => if value then Some (true, minus (poly_of a) (poly_of b)) else None
    | _ => None
    end.

  (* The dividend and the divisor of a node that divides by a positive constant. *)
  Definition division (i : positive) : option (bool * positive * positive * Z) :=
    match M.find i table with
    | Some (Div a b) =>
      match M.find b table with Some (Const k) => if 0 <? k then Some (true, a, b, k) else None | _ => None end
    | Some (Mod a b) =>
      match M.find b table with Some (Const k) => if 0 <? k then Some (false, a, b, k) else None | _ => None end
    | _ => None
    end.

  Fixpoint weigh (c : clause) (e : evidence) : option (bool * poly) :=
    match e with
    | Given i => match sign i c with Some b => said i (negb b) | None => None end
    | Chosen i =>
      match M.find i table with
      | Some (Choose t a b) =>
        match sign t c with
        | Some s => Some (true, minus (poly_of i) (poly_of (if s then b else a)))
        | None => None
        end
      | _ => None
      end
    | Scaled k f =>
      match weigh c f with
      | Some (is_zero, p) => if is_zero || (0 <=? k) then Some (is_zero, scale k p) else None
      | None => None
      end
    | Sum f g =>
      match weigh c f, weigh c g with
      | Some (y, p), Some (z, q) => Some (y && z, add p q)
      | _, _ => None
      end
    | Product f g =>
      match weigh c f, weigh c g with
      | Some (y, p), Some (z, q) => Some (y || z, multiply p q)
      | _, _ => None
      end
    | Times i f =>
      match weigh c f with
      | Some (true, p) => Some (true, multiply (poly_of i) p)
      | _ => None
      end
    | Rounded g f =>
      match weigh c f with
      | Some (_, p) => if 0 <? g then match round g p with Some q => Some (false, q) | None => None end else None
      | None => None
      end
    | Quotient i =>
      match division i with
      | Some (true, a, b, k) => Some (false, minus (poly_of a) (scale k (poly_of i)))
      | _ => None
      end
    | QuotientTop i =>
      match division i with
      | Some (true, a, b, k) => Some (false, add (constant (k - 1)) (minus (scale k (poly_of i)) (poly_of a)))
      | _ => None
      end
    | Remainder i =>
      match division i with
      | Some (false, a, b, k) => Some (false, poly_of i)
      | _ => None
      end
    | RemainderTop i =>
      match division i with
      | Some (false, a, b, k) => Some (false, minus (constant (k - 1)) (poly_of i))
      | _ => None
      end
    | Divided i j =>
      match division i, division j with
      | Some (true, a, b, k), Some (false, a', b', _) =>
        if Pos.eqb a a' && Pos.eqb b b'
        then Some (true, minus (minus (poly_of a) (scale k (poly_of i))) (poly_of j)) else None
      | _, _ => None
      end
    end.

  Definition is_absurd (found : option (bool * poly)) : bool :=
    match found with
    | Some (is_zero, [([], c)]) => if is_zero then negb (c =? 0) else c <? 0
    | _ => false
    end.

  (* Whether some evidence shows that polynomials differ by nothing, or by what is at least 0. *)
  Definition is_least (found : option (bool * poly)) (p : poly) : bool :=
    match found with
    | Some (_, q) => match add p (scale (-1) q) with [] => true | [([], c)] => 0 <=? c | _ => false end
    | None => false
    end.

  Definition clauses_of (i : positive) (n : node) : list clause :=
    match n with
    | Truth b => [[(i, b)]]
    | And l => ((i, true) :: map (fun a => (a, false)) l) :: map (fun a => [(i, false); (a, true)]) l
    | Or l => ((i, false) :: map (fun a => (a, true)) l) :: map (fun a => [(i, true); (a, false)]) l
    | Not a => [[(i, false); (a, false)]; [(i, true); (a, true)]]
    | Same a b =>
      [[(i, false); (a, false); (b, true)]; [(i, false); (a, true); (b, false)];
       [(i, true); (a, true); (b, true)]; [(i, true); (a, false); (b, false)]]
    | Pick c a b =>
      [[(i, false); (c, false); (a, true)]; [(i, true); (c, false); (a, false)];
       [(i, false); (c, true); (b, true)]; [(i, true); (c, true); (b, false)]]
    | _ => []
    end.

  (* That arguments are equal, for all that are not the same node: what has to be true for it. *)
  Fixpoint equalities (of_truths : bool) (xs ys es : list positive) : option clause :=
    match xs, ys with
    | [], [] => match es with [] => Some [] | _ => None end
    | x :: xs', y :: ys' =>
      if Pos.eqb x y then equalities of_truths xs' ys' es
      else match es with
           | e :: es' =>
             match M.find e table, equalities of_truths xs' ys' es' with
             | Some (Eq a b), Some c =>
               if negb of_truths && Pos.eqb a x && Pos.eqb b y then Some ((e, false) :: c) else None
             | Some (Same a b), Some c =>
               if of_truths && Pos.eqb a x && Pos.eqb b y then Some ((e, false) :: c) else None
             | _, _ => None
             end
           | [] => None
           end
    | _, _ => None
    end.

  Definition congruence (i j out : positive) (ints truths : list positive) : option clause :=
    match M.find i table, M.find j table, M.find out table with
    | Some (Apply f xs ps), Some (Apply g ys qs), Some (Eq a b) =>
      if Pos.eqb f g && Pos.eqb a i && Pos.eqb b j then
        match equalities false xs ys ints, equalities true ps qs truths with
        | Some c, Some d => Some ((out, true) :: c ++ d)
        | _, _ => None
        end
      else None
    | Some (Ask f xs ps), Some (Ask g ys qs), Some (Same a b) =>
      if Pos.eqb f g && Pos.eqb a i && Pos.eqb b j then
        match equalities false xs ys ints, equalities true ps qs truths with
        | Some c, Some d => Some ((out, true) :: c ++ d)
        | _, _ => None
        end
      else None
    | _, _, _ => None
    end.

  (* The one literal of a clause that is not false already: Some None if there is none, None if there are more. *)
  Fixpoint left_of (known : M.t bool) (c : clause) : option (option literal) :=
    match c with
    | [] => Some None
    | (i, b) :: c' =>
      match M.find i known with
      | Some value => if Bool.eqb value b then None else left_of known c'
      | None => match left_of known c' with Some None => Some (Some (i, b)) | _ => None end
      end
    end.

  Fixpoint clash (store : M.t clause) (known : M.t bool) (hints : list positive) : bool :=
    match hints with
    | [] => false
    | h :: hints' =>
      match M.find h store with
      | Some c =>
        match left_of known c with
        | Some None => true
        | Some (Some (i, b)) => clash store (M.add i b known) hints'
        | None => false
        end
      | None => false
      end
    end.

  Definition denied (c : clause) : M.t bool := fold_right (fun l known => M.add (fst l) (negb (snd l)) known) (M.empty _) c.

  Definition take (store : M.t clause) (s : step) : option clause :=
    match s with
    | Fact i => if existsb (Pos.eqb i) facts then Some [(i, true)] else None
    | Part i k => match M.find i table with Some n => nth_error (clauses_of i n) k | None => None end
    | Arith c e => if is_absurd (weigh c e) then Some c else None
    | Squeezed c i e f =>
      match sign i c, M.find i table with
      | Some true, Some (Eq a b) =>
        if is_least (weigh c e) (minus (poly_of a) (poly_of b)) && is_least (weigh c f) (minus (poly_of b) (poly_of a))
        then Some c else None
      | _, _ => None
      end
    | Congruent i j out ints truths => congruence i j out ints truths
    | Derived c hints => if clash store (denied c) hints then Some c else None
    end.

  Fixpoint run (store : M.t clause) (next : positive) (steps : list step) : bool :=
    match steps with
    | [] => false
    | s :: rest =>
      match take store s with
      | Some [] => true
      | Some c => run (M.add next c store) (Pos.succ next) rest
      | None => false
      end
    end.
End Checking.

Fixpoint number (i : positive) (table : list node) : list (positive * node) :=
  match table with
  | [] => []
  | n :: rest => (i, n) :: number (Pos.succ i) rest
  end.

Definition index (table : list (positive * node)) : M.t node :=
  fold_left (fun m e => M.add (fst e) (snd e) m) table (M.empty _).

Definition expanded (polys : M.t poly) (n : node) : option poly :=
  match n with
  | Const z => Some (constant z)
  | Add a b => Some (add (poly_of polys a) (poly_of polys b))
  | Sub a b => Some (minus (poly_of polys a) (poly_of polys b))
  | Mul a b => Some (multiply (poly_of polys a) (poly_of polys b))
  | _ => None
  end.

Definition expand (table : list (positive * node)) : M.t poly :=
  fold_left
    (fun polys e => match expanded polys (snd e) with Some p => M.add (fst e) p polys | None => polys end)
    table (M.empty _).

Definition judge (table : list node) (facts : list positive) (steps : list step) : bool :=
  is_ordered 1 table
  && (let numbered := number 1 table in run (index numbered) (expand numbered) facts (M.empty _) 1 steps).
