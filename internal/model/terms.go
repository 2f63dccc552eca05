package model

// TermsOfServiceMax is the longest text of terms of service, in code points.
const TermsOfServiceMax = 16383

// TermsOfService is one version of what people have to accept.
type TermsOfService struct {
	ID       string `json:"id"`
	CreateAt int64  `json:"create_at"`
	UserID   string `json:"user_id"`
	Text     string `json:"text"`
}

// UserTermsOfService says which version an account accepted, and when.
type UserTermsOfService struct {
	UserID           string `json:"user_id"`
	TermsOfServiceID string `json:"terms_of_service_id"`
	CreateAt         int64  `json:"create_at"`
}
