(* SPDX-License-Identifier: Apache-2.0 *)
(* Polynomials: sums of monomials, which are products of nodes. *)
From Coq Require Import ZArith List Bool Lia.
Import ListNotations.
Open Scope Z_scope.

Definition monomial := list positive.
Definition poly := list (monomial * Z).

Fixpoint compare (a b : monomial) : comparison :=
  match a, b with
  | [], [] => Datatypes.Eq
  | [], _ => Datatypes.Lt
  | _, [] => Datatypes.Gt
  | x :: a', y :: b' => match Pos.compare x y with Datatypes.Eq => compare a' b' | other => other end
  end.

Fixpoint add (p : poly) : poly -> poly :=
  match p with
  | [] => fun q => q
  | (m, c) :: p' =>
    fix add_to (q : poly) : poly :=
      match q with
      | [] => p
      | (n, d) :: q' =>
        match compare m n with
        | Datatypes.Lt => (m, c) :: add p' q
        | Datatypes.Gt => (n, d) :: add_to q'
        | Datatypes.Eq => if c + d =? 0 then add p' q' else (m, c + d) :: add p' q'
        end
      end
  end.

Fixpoint merge (a : monomial) : monomial -> monomial :=
  match a with
  | [] => fun b => b
  | x :: a' =>
    fix merge_to (b : monomial) : monomial :=
      match b with
      | [] => a
      | y :: b' => if Pos.leb x y then x :: merge a' b else y :: merge_to b'
      end
  end.

Definition scale (k : Z) (p : poly) : poly :=
  if k =? 0 then [] else map (fun t => (fst t, k * snd t)) p.
Definition times_term (t : monomial * Z) (p : poly) : poly :=
  fold_right (fun u q => add [(merge (fst t) (fst u), snd t * snd u)] q) [] p.
Definition multiply (p q : poly) : poly := fold_right (fun t r => add (times_term t q) r) [] p.
Definition constant (z : Z) : poly := if z =? 0 then [] else [([], z)].
Definition minus (p q : poly) : poly := add p (scale (-1) q).

(* Divided by g and rounded down, where all but the constant can be divided. *)
Fixpoint divide (g : Z) (p : poly) : option poly :=
  match p with
  | [] => Some []
  | (m, c) :: p' =>
    match divide g p' with
    | Some q => if c mod g =? 0 then Some ((m, c / g) :: q) else None
    | None => None
    end
  end.
Definition round (g : Z) (p : poly) : option poly :=
  match p with
  | ([], c) :: p' => match divide g p' with Some q => Some (add (constant (c / g)) q) | None => None end
  | _ => divide g p
  end.

(* What they are worth; to reckon with them changes nothing of it. *)

Section Values.
  Variable v : positive -> Z.

  Fixpoint of_monomial (m : monomial) : Z := match m with [] => 1 | x :: m' => v x * of_monomial m' end.
  Fixpoint value (p : poly) : Z := match p with [] => 0 | (m, c) :: p' => c * of_monomial m + value p' end.

  Lemma compare_equal : forall a b, compare a b = Datatypes.Eq -> a = b.
  Proof.
    induction a as [|x a IH]; destruct b as [|y b]; simpl; intros H; try discriminate; auto.
    destruct (Pos.compare_spec x y); try discriminate. subst. f_equal; auto.
  Qed.

  Lemma add_value : forall p q, value (add p q) = value p + value q.
  Proof.
    induction p as [|[m c] p IHp]; [simpl; auto|].
    induction q as [|[n d] q IHq]; [simpl; lia|].
    cbn [add]. destruct (compare m n) eqn:E.
    - apply compare_equal in E. subst n. destruct (Z.eqb_spec (c + d) 0).
      + rewrite IHp. simpl. nia.
      + simpl. rewrite IHp. nia.
    - simpl value at 1. rewrite IHp. simpl. lia.
    - simpl value at 1. fold (add ((m, c) :: p)). simpl in IHq |- *. rewrite IHq. lia.
  Qed.

  Lemma merge_value : forall a b, of_monomial (merge a b) = of_monomial a * of_monomial b.
  Proof.
    induction a as [|x a IHa]; [intros; simpl; destruct (of_monomial b); auto|].
    induction b as [|y b IHb]; [simpl; lia|].
    cbn [merge]. destruct (Pos.leb x y).
    - simpl of_monomial at 1. rewrite IHa. simpl. lia.
    - simpl of_monomial at 1. simpl in IHb |- *. rewrite IHb. lia.
  Qed.

  Lemma scale_value : forall k p, value (scale k p) = k * value p.
  Proof.
    intros. unfold scale. destruct (Z.eqb_spec k 0); [subst; simpl; lia|].
    induction p as [|[m c] p IH]; simpl; lia.
  Qed.

  Lemma times_term_value : forall t p, value (times_term t p) = snd t * of_monomial (fst t) * value p.
  Proof.
    intros [m c] p. unfold times_term. induction p as [|[n d] p IH]; [simpl; lia|].
    cbn [fold_right]. rewrite add_value, IH. simpl. rewrite merge_value. lia.
  Qed.

  Lemma multiply_value : forall p q, value (multiply p q) = value p * value q.
  Proof.
    unfold multiply. induction p as [|[m c] p IH]; intros; [simpl; lia|].
    cbn [fold_right]. rewrite add_value, times_term_value, IH. simpl. lia.
  Qed.

  Lemma constant_value : forall z, value (constant z) = z.
  Proof. intros. unfold constant. destruct (Z.eqb_spec z 0); simpl; lia. Qed.

  Lemma minus_value : forall p q, value (minus p q) = value p - value q.
  Proof. intros. unfold minus. rewrite add_value, scale_value. lia. Qed.

  Lemma divide_value : forall g p q, 0 < g -> divide g p = Some q -> value p = g * value q.
  Proof.
    intros g. induction p as [|[m c] p IH]; simpl; intros q G H.
    - inversion H; simpl; lia.
    - destruct (divide g p) eqn:D; [|discriminate]. destruct (Z.eqb_spec (c mod g) 0); [|discriminate].
      inversion H; subst; simpl. rewrite (IH _ G eq_refl). pose proof (Z.div_mod c g ltac:(lia)). nia.
  Qed.

  Lemma round_value : forall g p q, 0 < g -> round g p = Some q -> 0 <= value p -> 0 <= value q.
  Proof.
    intros g p q G H N. destruct p as [|[[|x m] c] p]; cbn [round] in H.
    - pose proof (divide_value _ _ _ G H). simpl in *. nia.
    - destruct (divide g p) eqn:D; [|discriminate]. inversion H; subst; clear H.
      rewrite add_value, constant_value. pose proof (divide_value _ _ _ G D) as E. simpl in N. rewrite E in N.
      pose proof (Z.div_mod c g ltac:(lia)). pose proof (Z.mod_pos_bound c g G). nia.
    - pose proof (divide_value _ _ _ G H). nia.
  Qed.
End Values.
