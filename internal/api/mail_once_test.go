package api_test

import (
	"net/http"
	"sync"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// mailRace sends the same request many times at once and counts the answers by status.
func mailRace(t *testing.T, send func() (*testkit.Response, error)) map[int]int {
	t.Helper()
	var mu sync.Mutex
	got := map[int]int{}
	var all sync.WaitGroup
	start := make(chan struct{})
	for range 100 {
		all.Go(func() {
			<-start
			r, err := send()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("no answer: %v", err)
				return
			}
			got[r.StatusCode]++
		})
	}
	close(start)
	all.Wait()
	return got
}

func TestLinkForANewPasswordWorksOnceForOneOfMany(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		s.Make(testkit.Account{Username: "amy"})
		body := map[string]string{"token": mailAskReset(t, s, m, "amy@example.com"), "new_password": mailPassword}
		got := mailRace(t, func() (*testkit.Response, error) {
			return s.Visitor().For(t).Try(http.MethodPost, "/users/password/reset", body)
		})
		mailEqual(t, "answers", got, map[int]int{http.StatusOK: 1, http.StatusBadRequest: 99})
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome, mailSubjectReset, mailSubjectPassword)
	})
}

func TestLinkToConfirmAnAddressWorksOnceForOneOfMany(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		mailRequireVerification(t, s, true)
		amy.Put("/users/me/patch", map[string]string{"email": "new@example.com", "password": testkit.Password}).Want(http.StatusOK)
		body := map[string]string{"token": mailSecret(t, mailLast(t, s, m, "new@example.com", mailSubjectChange).Link())}
		got := mailRace(t, func() (*testkit.Response, error) {
			return s.Visitor().For(t).Try(http.MethodPost, "/users/email/verify", body)
		})
		mailEqual(t, "answers", got, map[int]int{http.StatusOK: 1, http.StatusBadRequest: 99})
		mailEqual(t, "history", mailHistory(t, s, amy.ID, "/users/email/verify"), []string{"Email Verified"})
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome, mailSubjectMoved)
	})
}
