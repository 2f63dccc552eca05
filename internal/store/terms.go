package store

import (
	"context"

	"muster/internal/model"
)

func scanTerms(row scanner) (*model.TermsOfService, error) {
	t := &model.TermsOfService{}
	return t, row.Scan(&t.ID, &t.CreateAt, &t.UserID, &t.Text)
}

const termsCols = `id, create_at, COALESCE(user_id, ''), text`

// LatestTerms reads the terms of service in force; ErrNotFound when there are none.
func (q Q) LatestTerms(ctx context.Context) (*model.TermsOfService, error) {
	return one(ctx, q, scanTerms, `SELECT `+termsCols+` FROM terms_of_service ORDER BY create_at DESC, id DESC LIMIT 1`)
}

// Terms reads terms of service by their id.
func (q Q) Terms(ctx context.Context, id string) (*model.TermsOfService, error) {
	return one(ctx, q, scanTerms, `SELECT `+termsCols+` FROM terms_of_service WHERE id = ?`, id)
}

// LockTerms lets new terms of service wait for each other until the transaction ends; they can be
// read meanwhile.
func (t *Tx) LockTerms(ctx context.Context) error {
	if t.d.forUpdate == "" {
		return nil // there is one writer
	}
	_, err := exec(ctx, t.Q, `LOCK TABLE terms_of_service IN SHARE ROW EXCLUSIVE MODE`)
	return err
}

// InsertTerms stores new terms of service.
func (t *Tx) InsertTerms(ctx context.Context, n *model.TermsOfService) error {
	_, err := exec(ctx, t.Q, `INSERT INTO terms_of_service (id, create_at, user_id, text) VALUES (?, ?, ?, ?)`,
		n.ID, n.CreateAt, nullable(n.UserID), n.Text)
	return err
}

// AcceptedTerms reads which terms an account accepted last; ErrNotFound when none.
func (q Q) AcceptedTerms(ctx context.Context, userID string) (*model.UserTermsOfService, error) {
	return one(ctx, q, func(row scanner) (*model.UserTermsOfService, error) {
		t := &model.UserTermsOfService{}
		return t, row.Scan(&t.UserID, &t.TermsOfServiceID, &t.CreateAt)
	}, `SELECT user_id, terms_of_service_id, create_at FROM user_terms_of_service WHERE user_id = ?`, userID)
}

// AcceptTerms records that an account accepted terms, in place of earlier ones.
func (t *Tx) AcceptTerms(ctx context.Context, n *model.UserTermsOfService) error {
	_, err := exec(ctx, t.Q, `INSERT INTO user_terms_of_service (user_id, terms_of_service_id, create_at) VALUES (?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET terms_of_service_id = excluded.terms_of_service_id, create_at = excluded.create_at`,
		n.UserID, n.TermsOfServiceID, n.CreateAt)
	return err
}

// RejectTerms forgets that an account accepted these terms; it need not have.
func (t *Tx) RejectTerms(ctx context.Context, userID, termsID string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM user_terms_of_service WHERE user_id = ? AND terms_of_service_id = ?`, userID, termsID)
	return err
}
