(* SPDX-License-Identifier: Apache-2.0 *)
(* Whatever the judge accepts is impossible: the proof. *)
From Coq Require Import ZArith List Bool Lia FMapPositive.
From Thecal Require Import Meaning Polynomials Judge.
Import ListNotations.
Open Scope Z_scope.

Lemma evaluate_keeps : forall w table i v p v' p', evaluate w i table v p = (v', p') ->
  forall j, (j < i)%positive -> v' j = v j /\ p' j = p j.
Proof.
  induction table as [|n rest IH]; simpl; intros i v p v' p' H j Hj.
  - inversion H; auto.
  - destruct (IH _ _ _ _ _ H j ltac:(lia)) as [A B]. rewrite A, B. unfold put.
    destruct (Pos.eqb_spec i j); [lia|auto].
Qed.

Lemma map_agrees : forall (A : Type) (f g : positive -> A) l, (forall a, In a l -> f a = g a) -> map f l = map g l.
Proof. intros; apply map_ext_in; auto. Qed.

Lemma forallb_agrees : forall (f g : positive -> bool) l, (forall a, In a l -> f a = g a) -> forallb f l = forallb g l.
Proof. induction l; simpl; intros; auto. rewrite H by auto. f_equal. apply IHl; auto. Qed.

Lemma existsb_agrees : forall (f g : positive -> bool) l, (forall a, In a l -> f a = g a) -> existsb f l = existsb g l.
Proof. induction l; simpl; intros; auto. rewrite H by auto. f_equal. apply IHl; auto. Qed.

Lemma meaning_agrees : forall w i n v p v' p',
  (forall a, In a (arguments n) -> v' a = v a /\ p' a = p a) ->
  integer w v' p' i n = integer w v p i n /\ truth w v' p' i n = truth w v p i n.
Proof.
  intros w i n v p v' p' H.
  assert (V : forall a, In a (arguments n) -> v' a = v a) by (intros a Ha; apply H; auto).
  assert (P : forall a, In a (arguments n) -> p' a = p a) by (intros a Ha; apply H; auto).
  destruct n; simpl in *; split; auto;
    rewrite ?V, ?P by auto; auto using forallb_agrees, existsb_agrees.
  - f_equal; apply map_agrees; intros; [apply V|apply P]; apply in_or_app; auto.
  - f_equal; apply map_agrees; intros; [apply V|apply P]; apply in_or_app; auto.
Qed.

Definition meets (w : world) (v : positive -> Z) (p : positive -> bool) (e : positive * node) : Prop :=
  v (fst e) = integer w v p (fst e) (snd e) /\ p (fst e) = truth w v p (fst e) (snd e).

Lemma evaluate_meets : forall w table i v p v' p', is_ordered i table = true -> evaluate w i table v p = (v', p') ->
  forall e, In e (number i table) -> meets w v' p' e.
Proof.
  induction table as [|n rest IH]; simpl; intros i v p v' p' O H e He; [contradiction|].
  apply andb_prop in O. destruct O as [O1 O2]. destruct He as [He|He]; [|eapply IH; eauto].
  subst e. unfold meets; cbn [fst snd].
  pose proof (evaluate_keeps _ _ _ _ _ _ _ H) as K.
  assert (A : integer w v' p' i n = integer w v p i n /\ truth w v' p' i n = truth w v p i n).
  { apply meaning_agrees. intros a Ha. rewrite forallb_forall in O1. specialize (O1 a Ha).
    apply Pos.ltb_lt in O1. destruct (K a ltac:(lia)) as [A B]. rewrite A, B. unfold put.
    destruct (Pos.eqb_spec i a); [lia|auto]. }
  destruct A as [A B]. rewrite A, B. destruct (K i ltac:(lia)) as [C D]. rewrite C, D.
  unfold put. rewrite Pos.eqb_refl. auto.
Qed.

Lemma index_finds : forall table i n, M.find i (index table) = Some n -> In (i, n) table.
Proof.
  intros table. unfold index.
  assert (G : forall l m i n, M.find i (fold_left (fun (m : M.t node) (e : positive * node) => M.add (fst e) (snd e) m) l m) = Some n ->
                              In (i, n) l \/ M.find i m = Some n).
  { induction l as [|[j x] l IH]; simpl; intros m i n H; auto.
    destruct (IH _ _ _ H) as [K|K]; auto.
    destruct (Pos.eq_dec i j) as [E|E].
    - subst. rewrite M.gss in K. inversion K; auto.
    - rewrite M.gso in K by auto. auto. }
  intros i n H. destruct (G _ _ _ _ H) as [K|K]; auto. rewrite M.gempty in K. discriminate.
Qed.

Local Opaque add minus multiply scale constant round.

Section Soundness.
  Variable w : world.
  Variable v : positive -> Z.
  Variable p : positive -> bool.
  Variable table : M.t node.
  Variable polys : M.t poly.
  Variable facts : list positive.
  Hypothesis table_met : forall i n, M.find i table = Some n -> meets w v p (i, n).
  Hypothesis polys_met : forall i q, M.find i polys = Some q -> value v q = v i.
  Hypothesis facts_met : forall i, In i facts -> p i = true.

  Definition is_met (l : literal) : Prop := p (fst l) = snd l.
  Definition holds (c : clause) : Prop := Exists is_met c.

  Lemma poly_of_value : forall i, value v (poly_of polys i) = v i.
  Proof.
    intros. unfold poly_of. destruct (M.find i polys) eqn:E; auto. cbn [value of_monomial]. lia.
  Qed.

  Lemma truth_of : forall i n, M.find i table = Some n -> p i = truth w v p i n.
  Proof. intros i n H. apply (table_met _ _ H). Qed.

  Lemma integer_of : forall i n, M.find i table = Some n -> v i = integer w v p i n.
  Proof. intros i n H. apply (table_met _ _ H). Qed.

  Lemma sign_denied : forall c i b, ~ holds c -> sign i c = Some b -> p i = negb b.
  Proof.
    induction c as [|[j s] c IH]; simpl; intros i b N H; [discriminate|].
    destruct (Pos.eqb_spec i j).
    - subst. inversion H; subst. destruct (p j) eqn:E, b; auto; exfalso; apply N; apply Exists_cons_hd; exact E.
    - apply IH; auto. intros K. apply N. apply Exists_cons_tl; auto.
  Qed.

  Definition is_so (found : bool * poly) : Prop :=
    if fst found then value v (snd found) = 0 else 0 <= value v (snd found).

  Lemma said_so : forall i found, said table polys i (p i) = Some found -> is_so found.
  Proof.
    intros i found H. unfold said in H. destruct (M.find i table) as [n|] eqn:F; [|discriminate].
    pose proof (truth_of _ _ F) as T.
    destruct n; try discriminate; simpl in T.
    - destruct (p i); [|discriminate]. injection H as <-. unfold is_so; cbn [fst snd].
      rewrite minus_value, !poly_of_value. symmetry in T. apply Z.eqb_eq in T. lia.
    - injection H as <-. unfold is_so; cbn [fst snd]. destruct (p i).
      + rewrite minus_value, !poly_of_value. symmetry in T. apply Z.leb_le in T. lia.
      + rewrite add_value, constant_value, minus_value, !poly_of_value. symmetry in T. apply Z.leb_gt in T. lia.
    - injection H as <-. unfold is_so; cbn [fst snd]. destruct (p i).
      + rewrite add_value, constant_value, minus_value, !poly_of_value. symmetry in T. apply Z.ltb_lt in T. lia.
      + rewrite minus_value, !poly_of_value. symmetry in T. apply Z.ltb_ge in T. lia.
  Qed.

  Lemma division_so : forall i d a b k, division table i = Some (d, a, b, k) ->
    0 < k /\ v b = k /\ v i = if d then v a / k else v a mod k.
  Proof.
    intros i d a b k H. unfold division in H. destruct (M.find i table) as [n|] eqn:F; [|discriminate].
    pose proof (integer_of _ _ F) as T.
    destruct n; try discriminate; destruct (M.find b0 table) as [m|] eqn:G; try discriminate;
      destruct m; try discriminate; destruct (Z.ltb_spec 0 z); try discriminate;
      pose proof (integer_of _ _ G) as U; inversion H; subst; simpl in T, U; rewrite U in T; auto.
  Qed.

  Lemma so_at_least : forall y q, is_so (y, q) -> 0 <= value v q.
  Proof. intros [] q H; unfold is_so in H; simpl in H; lia. Qed.

  Lemma weigh_so : forall c e found, ~ holds c -> weigh table polys c e = Some found -> is_so found.
  Proof.
    intros c e. induction e; simpl; intros found N H.
    - destruct (sign i c) as [s|] eqn:S; [|discriminate].
      apply said_so with i. rewrite (sign_denied _ _ _ N S). exact H.
    - destruct (M.find i table) as [n|] eqn:F; [|discriminate]. destruct n; try discriminate.
      destruct (sign c0 c) as [s|] eqn:S; [|discriminate]. injection H as <-. unfold is_so; cbn [fst snd].
      rewrite minus_value, !poly_of_value. pose proof (integer_of _ _ F) as T. simpl in T.
      rewrite (sign_denied _ _ _ N S) in T. destruct s; simpl in T; lia.
    - destruct (weigh table polys c e) as [[y q]|] eqn:W; [|discriminate].
      specialize (IHe _ N eq_refl). unfold is_so in *; cbn [fst snd] in *.
      destruct y; simpl in H.
      + injection H as <-; cbn [fst snd]. rewrite scale_value, IHe. lia.
      + destruct (Z.leb_spec 0 k); [|discriminate]. injection H as <-; cbn [fst snd]. rewrite scale_value. nia.
    - destruct (weigh table polys c e1) as [[y q]|] eqn:W1; [|discriminate].
      destruct (weigh table polys c e2) as [[z r]|] eqn:W2; [|discriminate].
      specialize (IHe1 _ N eq_refl). specialize (IHe2 _ N eq_refl). injection H as <-.
      unfold is_so in *; cbn [fst snd] in *. destruct y, z; simpl; rewrite add_value; lia.
    - destruct (weigh table polys c e1) as [[y q]|] eqn:W1; [|discriminate].
      destruct (weigh table polys c e2) as [[z r]|] eqn:W2; [|discriminate].
      specialize (IHe1 _ N eq_refl). specialize (IHe2 _ N eq_refl). injection H as <-.
      unfold is_so in *; cbn [fst snd] in *. destruct y, z; simpl; rewrite multiply_value; nia.
    - destruct (weigh table polys c e) as [[[] q]|] eqn:W; try discriminate.
      specialize (IHe _ N eq_refl). inversion H. unfold is_so in *; cbn [fst snd] in *.
      rewrite multiply_value, IHe. lia.
    - destruct (weigh table polys c e) as [[y q]|] eqn:W; [|discriminate].
      specialize (IHe _ N eq_refl). apply so_at_least in IHe.
      destruct (Z.ltb_spec 0 g); [|discriminate]. destruct (round g q) eqn:R; [|discriminate].
      injection H as <-. unfold is_so; cbn [fst snd]. eapply round_value; eauto.
    - destruct (division table i) as [[[[[] a] b] k]|] eqn:D; try discriminate.
      destruct (division_so _ _ _ _ _ D) as [P [B V]]. injection H as <-. unfold is_so; cbn [fst snd].
      rewrite minus_value, scale_value, !poly_of_value, V. pose proof (Z.mul_div_le (v a) k P). lia.
    - destruct (division table i) as [[[[[] a] b] k]|] eqn:D; try discriminate.
      destruct (division_so _ _ _ _ _ D) as [P [B V]]. injection H as <-. unfold is_so; cbn [fst snd].
      rewrite add_value, constant_value, minus_value, scale_value, !poly_of_value, V.
      pose proof (Z.mul_succ_div_gt (v a) k P). lia.
    - destruct (division table i) as [[[[[] a] b] k]|] eqn:D; try discriminate.
      destruct (division_so _ _ _ _ _ D) as [P [B V]]. injection H as <-. unfold is_so; cbn [fst snd].
      rewrite poly_of_value, V. pose proof (Z.mod_pos_bound (v a) k P). lia.
    - destruct (division table i) as [[[[[] a] b] k]|] eqn:D; try discriminate.
      destruct (division_so _ _ _ _ _ D) as [P [B V]]. injection H as <-. unfold is_so; cbn [fst snd].
      rewrite minus_value, constant_value, poly_of_value, V. pose proof (Z.mod_pos_bound (v a) k P). lia.
    - destruct (division table q) as [[[[[] a] b] k]|] eqn:D; try discriminate.
      destruct (division table r) as [[[[[] a'] b'] k']|] eqn:D'; try discriminate.
      destruct (Pos.eqb_spec a a'), (Pos.eqb_spec b b'); try discriminate. subst.
      destruct (division_so _ _ _ _ _ D) as [P [B V]]. destruct (division_so _ _ _ _ _ D') as [P' [B' V']].
      injection H as <-. unfold is_so; cbn [fst snd]. rewrite !minus_value, scale_value, !poly_of_value, V, V'.
      rewrite <- B', B. pose proof (Z.div_mod (v a') k ltac:(lia)). lia.
  Qed.

  Lemma absurd_is_not_so : forall found, is_absurd (Some found) = true -> ~ is_so found.
  Proof.
    intros [y q] H S. destruct q as [|[[|x m] c] [|]]; simpl in H; try discriminate.
    unfold is_so in S. destruct y; simpl in S.
    - destruct (Z.eqb_spec c 0); [discriminate|]. lia.
    - apply Z.ltb_lt in H. lia.
  Qed.

  Lemma least_is_so : forall found q, is_least (Some found) q = true -> is_so found -> 0 <= value v q.
  Proof.
    intros [y r] q H S. apply so_at_least in S. unfold is_least in H.
    assert (E : value v (add q (scale (-1) r)) = value v q - value v r) by (rewrite add_value, scale_value; lia).
    destruct (add q (scale (-1) r)) as [|[[|x m] c] [|]]; try discriminate; simpl in E; [lia|].
    apply Z.leb_le in H. lia.
  Qed.

  (* Truths *)

  Lemma holds_dec : forall c, holds c \/ ~ holds c.
  Proof.
    intros. destruct (Exists_dec is_met c) as [H|H]; auto. intros [i b]. unfold is_met; simpl. apply bool_dec.
  Qed.

  Lemma holds_in : forall i b c, In (i, b) c -> p i = b -> holds c.
  Proof. intros i b c I E. apply Exists_exists. exists (i, b). auto. Qed.

  Lemma parts_hold : forall i n c, M.find i table = Some n -> In c (clauses_of i n) -> holds c.
  Proof.
    intros i n c F I. pose proof (truth_of _ _ F) as T.
    destruct n; simpl in I; try contradiction; simpl in T.
    - destruct I as [<-|[]]. eapply holds_in; [left; reflexivity|exact T].
    - destruct (p a) eqn:A, (p b) eqn:B; simpl in T; repeat (destruct I as [<-|I]);
        try contradiction; unfold holds; rewrite !Exists_cons; unfold is_met; simpl; rewrite ?T, ?A, ?B; auto.
    - destruct (p c0) eqn:C, (p a) eqn:A, (p b) eqn:B; simpl in T; repeat (destruct I as [<-|I]);
        try contradiction; unfold holds; rewrite !Exists_cons; unfold is_met; simpl; rewrite ?T, ?A, ?B, ?C; auto.
    - destruct I as [<-|I].
      + destruct (forallb p parts) eqn:E.
        * eapply holds_in; [left; reflexivity|exact T].
        * apply Exists_cons_tl. apply Exists_exists.
          assert (X : exists a, In a parts /\ p a = false).
          { clear T F. induction parts as [|a l IH]; simpl in E; [discriminate|].
            destruct (p a) eqn:A; [|exists a; simpl; auto]. destruct (IH E) as [x [X Y]]. exists x; simpl; auto. }
          destruct X as [a [X Y]]. exists (a, false). split; [|exact Y].
          apply in_map_iff. exists a; auto.
      + apply in_map_iff in I. destruct I as [a [<- I]].
        destruct (p i) eqn:E.
        * symmetry in T. rewrite forallb_forall in T. eapply holds_in; [right; left; reflexivity|]. auto.
        * eapply holds_in; [left; reflexivity|exact E].
    - destruct I as [<-|I].
      + destruct (existsb p parts) eqn:E.
        * apply existsb_exists in E. destruct E as [a [X Y]]. apply Exists_cons_tl. apply Exists_exists.
          exists (a, true). split; [|exact Y]. apply in_map_iff. exists a; auto.
        * eapply holds_in; [left; reflexivity|exact T].
      + apply in_map_iff in I. destruct I as [a [<- I]].
        destruct (p a) eqn:E.
        * eapply holds_in; [left; reflexivity|]. rewrite T. apply existsb_exists. exists a; auto.
        * eapply holds_in; [right; left; reflexivity|exact E].
    - destruct (p a) eqn:A; simpl in T; repeat (destruct I as [<-|I]);
        try contradiction; unfold holds; rewrite !Exists_cons; unfold is_met; simpl; rewrite ?T, ?A; auto.
  Qed.

  Lemma equalities_of_integers : forall xs ys es c, equalities table false xs ys es = Some c ->
    ~ holds c -> map v xs = map v ys.
  Proof.
    induction xs as [|x xs IH]; destruct ys as [|y ys]; simpl; intros es c H N; try discriminate; auto.
    destruct (Pos.eqb_spec x y); [subst; f_equal; eapply IH; eauto|].
    destruct es as [|e es]; [discriminate|]. destruct (M.find e table) as [m|] eqn:F; [|discriminate].
    pose proof (truth_of _ _ F) as T.
    destruct m; try discriminate; destruct (equalities table false xs ys es) as [d|] eqn:D; try discriminate.
    simpl in H. destruct (Pos.eqb_spec a x), (Pos.eqb_spec b y); try discriminate. subst. inversion H; subst.
    f_equal; [|eapply IH; eauto; intros K; apply N; apply Exists_cons_tl; auto].
    simpl in T. apply Z.eqb_eq. rewrite <- T. destruct (p e) eqn:E; auto.
    exfalso; apply N; apply Exists_cons_hd; exact E.
  Qed.

  Lemma equalities_of_truths : forall xs ys es c, equalities table true xs ys es = Some c ->
    ~ holds c -> map p xs = map p ys.
  Proof.
    induction xs as [|x xs IH]; destruct ys as [|y ys]; simpl; intros es c H N; try discriminate; auto.
    destruct (Pos.eqb_spec x y); [subst; f_equal; eapply IH; eauto|].
    destruct es as [|e es]; [discriminate|]. destruct (M.find e table) as [m|] eqn:F; [|discriminate].
    pose proof (truth_of _ _ F) as T.
    destruct m; try discriminate; destruct (equalities table true xs ys es) as [d|] eqn:D; try discriminate.
    simpl in H. destruct (Pos.eqb_spec a x), (Pos.eqb_spec b y); try discriminate. subst. inversion H; subst.
    f_equal; [|eapply IH; eauto; intros K; apply N; apply Exists_cons_tl; auto].
    simpl in T. apply eqb_prop. rewrite <- T. destruct (p e) eqn:E; auto.
    exfalso; apply N; apply Exists_cons_hd; exact E.
  Qed.

  Lemma congruence_holds : forall i j out xs ps c, congruence table i j out xs ps = Some c -> holds c.
  Proof.
    intros i j out es ds c H. unfold congruence in H.
    destruct (M.find i table) as [n|] eqn:Fi; [|discriminate].
    destruct n; try discriminate; destruct (M.find j table) as [m|] eqn:Fj; try discriminate;
      destruct m; try discriminate; destruct (M.find out table) as [o|] eqn:Fo; try discriminate;
      destruct o; try discriminate;
      destruct (Pos.eqb_spec f f0), (Pos.eqb_spec a i), (Pos.eqb_spec b j); try discriminate; subst; simpl in H;
      destruct (equalities table false ints ints0 es) as [c1|] eqn:E1; try discriminate;
      destruct (equalities table true truths truths0 ds) as [c2|] eqn:E2; try discriminate;
      inversion H; subst;
      destruct (holds_dec (c1 ++ c2)) as [K|K]; try (apply Exists_cons_tl; exact K);
      apply Exists_cons_hd; unfold is_met; simpl; rewrite (truth_of _ _ Fo); simpl;
      assert (N1 : ~ holds c1) by (intros Q; apply K; apply Exists_app; auto);
      assert (N2 : ~ holds c2) by (intros Q; apply K; apply Exists_app; auto);
      pose proof (equalities_of_integers _ _ _ _ E1 N1) as V;
      pose proof (equalities_of_truths _ _ _ _ E2 N2) as P.
    - rewrite (integer_of _ _ Fi), (integer_of _ _ Fj). simpl. rewrite V, P. apply Z.eqb_refl.
    - rewrite (truth_of _ _ Fi), (truth_of _ _ Fj). simpl. rewrite V, P. apply eqb_reflx.
  Qed.

  Definition agrees (known : M.t bool) : Prop := forall i b, M.find i known = Some b -> p i = b.

  Lemma left_of_holds : forall known c found, agrees known -> holds c -> left_of known c = Some found ->
    match found with Some l => is_met l | None => False end.
  Proof.
    intros known. induction c as [|[i b] c IH]; simpl; intros found A H L.
    - inversion H.
    - destruct (M.find i known) as [s|] eqn:F.
      + destruct (Bool.eqb s b) eqn:E; [discriminate|]. apply eqb_false_iff in E.
        apply IH; auto. inversion H; subst; auto. unfold is_met in *; simpl in *. rewrite (A _ _ F) in *. contradiction.
      + destruct (left_of known c) as [[l|]|] eqn:R; try discriminate. inversion L; subst.
        inversion H; subst; auto. exfalso. exact (IH _ A H1 eq_refl).
  Qed.

  Definition all_hold (store : M.t clause) : Prop := forall i c, M.find i store = Some c -> holds c.

  Lemma clash_is_false : forall store hints known, all_hold store -> agrees known ->
    clash store known hints = true -> False.
  Proof.
    intros store. induction hints as [|h hints IH]; simpl; intros known S A H; [discriminate|].
    destruct (M.find h store) as [c|] eqn:F; [|discriminate].
    destruct (left_of known c) as [[[i b]|]|] eqn:L; try discriminate.
    - pose proof (left_of_holds _ _ _ A (S _ _ F) L) as K. unfold is_met in K; simpl in K.
      eapply IH; [exact S| |exact H]. intros j s Q. destruct (Pos.eq_dec j i).
      + subst. rewrite M.gss in Q. inversion Q; auto.
      + rewrite M.gso in Q by auto. auto.
    - exact (left_of_holds _ _ _ A (S _ _ F) L).
  Qed.

  Lemma denied_agrees : forall c, ~ holds c -> agrees (denied c).
  Proof.
    unfold agrees, denied. induction c as [|[j s] c IH]; simpl; intros N i b Q.
    - rewrite M.gempty in Q. discriminate.
    - destruct (Pos.eq_dec i j).
      + subst. rewrite M.gss in Q. inversion Q. destruct (p j) eqn:E, s; auto; exfalso; apply N;
          apply Exists_cons_hd; exact E.
      + rewrite M.gso in Q by auto. apply IH; auto. intros K; apply N; apply Exists_cons_tl; auto.
  Qed.

  Lemma take_holds : forall store s c, all_hold store -> take table polys facts store s = Some c -> holds c.
  Proof.
    intros store s c S H. destruct s; simpl in H.
    - destruct (existsb (Pos.eqb i) facts) eqn:E; [|discriminate]. injection H as <-.
      apply existsb_exists in E. destruct E as [j [I E]]. apply Pos.eqb_eq in E. subst.
      apply Exists_cons_hd. unfold is_met; simpl. auto.
    - destruct (M.find i table) as [n|] eqn:F; [|discriminate]. eapply parts_hold; eauto. eapply nth_error_In; eauto.
    - destruct (is_absurd (weigh table polys c0 e)) eqn:A; [|discriminate]. inversion H; subst.
      destruct (holds_dec c) as [K|K]; auto. exfalso.
      destruct (weigh table polys c e) as [found|] eqn:W; [|discriminate].
      exact (absurd_is_not_so _ A (weigh_so _ _ _ K W)).
    - destruct (sign i c0) as [[]|] eqn:G; try discriminate.
      destruct (M.find i table) as [n|] eqn:F; [|discriminate]. destruct n; try discriminate.
      destruct (is_least (weigh table polys c0 e) (minus (poly_of polys a) (poly_of polys b))) eqn:L1; [|discriminate].
      destruct (is_least (weigh table polys c0 f) (minus (poly_of polys b) (poly_of polys a))) eqn:L2; [|discriminate].
      inversion H; subst. destruct (holds_dec c) as [K|K]; auto. exfalso.
      destruct (weigh table polys c e) as [found|] eqn:W1; [|discriminate].
      destruct (weigh table polys c f) as [other|] eqn:W2; [|discriminate].
      pose proof (least_is_so _ _ L1 (weigh_so _ _ _ K W1)) as A.
      pose proof (least_is_so _ _ L2 (weigh_so _ _ _ K W2)) as B.
      rewrite minus_value, !poly_of_value in A, B.
      pose proof (sign_denied _ _ _ K G) as D. rewrite (truth_of _ _ F) in D. simpl in D.
      apply Z.eqb_neq in D. lia.
    - eapply congruence_holds; eauto.
    - destruct (clash store (denied c0) hints) eqn:C; [|discriminate]. inversion H; subst.
      destruct (holds_dec c) as [K|K]; auto. exfalso. eapply clash_is_false; eauto. apply denied_agrees; auto.
  Qed.

  Lemma run_is_false : forall steps store next, all_hold store -> run table polys facts store next steps = true -> False.
  Proof.
    induction steps as [|s steps IH]; simpl; intros store next S H; [discriminate|].
    destruct (take table polys facts store s) as [c|] eqn:T; [|discriminate].
    pose proof (take_holds _ _ _ S T) as K. destruct c as [|l c]; [inversion K|].
    eapply IH; [|exact H]. intros i d Q. destruct (Pos.eq_dec i next).
    - subst. rewrite M.gss in Q. inversion Q; subst; auto.
    - rewrite M.gso in Q by auto. eauto.
  Qed.
End Soundness.

Lemma expand_means : forall w v p table, (forall e, In e table -> meets w v p e) ->
  forall i q, M.find i (expand table) = Some q -> value v q = v i.
Proof.
  intros w v p table H. unfold expand.
  assert (G : forall l polys, (forall e, In e l -> meets w v p e) ->
    (forall i q, M.find i polys = Some q -> value v q = v i) ->
    forall i q, M.find i (fold_left (fun (polys : M.t poly) (e : positive * node) =>
      match expanded polys (snd e) with Some p => M.add (fst e) p polys | None => polys end) l polys) = Some q ->
    value v q = v i).
  { induction l as [|[j n] l IH]; simpl; intros polys T P i q F; [eauto|].
    eapply IH; [| |exact F]; [auto|]. clear F i q. intros i q F.
    destruct (expanded polys n) as [r|] eqn:E; [|eauto].
    destruct (Pos.eq_dec i j); [|rewrite M.gso in F by auto; eauto].
    subst. rewrite M.gss in F. inversion F; subst.
    assert (V : forall a, value v (poly_of polys a) = v a) by (intros; apply poly_of_value; auto).
    destruct (T (j, n) (or_introl eq_refl)) as [A _]. simpl in A. rewrite A.
    destruct n; try discriminate; inversion E; simpl.
    - apply constant_value.
    - rewrite add_value, !V. auto.
    - rewrite minus_value, !V. auto.
    - rewrite multiply_value, !V. auto. }
  intros i q F. eapply G; [exact H| |exact F]. intros j r E. rewrite M.gempty in E. discriminate.
Qed.

Theorem judge_is_right : forall table facts steps, judge table facts steps = true -> impossible table facts.
Proof.
  intros table facts steps H. apply andb_prop in H. destruct H as [O H]. split; [exact O|].
  intros w F. destruct (evaluate w 1 table (fun _ => 0) (fun _ => false)) as [v p] eqn:E.
  pose proof (evaluate_meets _ _ _ _ _ _ _ O E) as T.
  eapply run_is_false with (w := w) (v := v) (p := p); [| | | |exact H].
  - intros i n Q. apply T. apply index_finds. exact Q.
  - apply expand_means with (w := w) (p := p). exact T.
  - exact F.
  - intros i c Q. rewrite M.gempty in Q. discriminate.
Qed.
