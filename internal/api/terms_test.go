package api_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"muster/internal/testkit"
)

func TestTermsOfService(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		const none = "app.terms_of_service.get.no_rows.app_error"
		make := func(c *testkit.Client, text string) *testkit.Response {
			return c.Post("/terms_of_service", map[string]string{"text": text})
		}
		amy.Get("/terms_of_service").WantFault(http.StatusNotFound, none)
		make(amy, "Be kind.").WantFault(http.StatusForbidden, tokenPermission)
		make(s.Admin(), "").WantFault(http.StatusBadRequest, "api.create_terms_of_service.empty_text.app_error")
		make(s.Admin(), strings.Repeat("é", 16384)).WantFault(http.StatusBadRequest, "model.terms_of_service.is_valid.text.app_error")
		first := make(s.Admin(), strings.Repeat("é", 16383)).Want(http.StatusOK).Text("id")
		if again := make(s.Admin(), strings.Repeat("é", 16383)).Want(http.StatusOK).Text("id"); again != first {
			t.Error("the text in force made another version")
		}
		second := make(s.Admin(), "Be kind.").Want(http.StatusOK).Text("id")
		if got := amy.Get("/terms_of_service").Want(http.StatusOK).Text("id"); got != second || second == first {
			t.Errorf("in force is %s, want %s", got, second)
		}
		s.Visitor().Get("/terms_of_service").WantFault(http.StatusUnauthorized, tokenUseless)
	})
}

// TestWhoAcceptedNoTermsMayGoOn: the server keeps who accepted what; asking, and what
// happens without an answer, is the clients' business, as documented.
func TestWhoAcceptedNoTermsMayGoOn(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"SupportSettings":{"CustomTermsOfServiceEnabled":true}}`}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		old := s.Admin().Post("/terms_of_service", `{"text":"Be kind."}`).Want(http.StatusOK).Text("id")
		terms := s.Admin().Post("/terms_of_service", `{"text":"Be kinder."}`).Want(http.StatusOK).Text("id")
		answer := func(body string) *testkit.Response { return amy.Post("/users/me/terms_of_service", body) }
		const body, none = "api.context.invalid_body_param.app_error", "app.user_terms_of_service.get_by_user.no_rows.app_error"
		for _, bad := range []string{
			``, `[]`, `{}`, `{"termsOfServiceId":1,"accepted":true}`, `{"termsOfServiceId":"` + terms + `"}`,
			`{"termsOfServiceId":"` + terms + `","accepted":"true"}`, `{"serviceTermsId":"` + terms + `","accepted":"perhaps"}`,
		} {
			answer(bad).WantFault(http.StatusBadRequest, body)
		}
		answer(`{"termsOfServiceId":"`+mailUnknownID+`","accepted":true}`).WantFault(http.StatusNotFound, "app.terms_of_service.get.no_rows.app_error")
		amy.Get("/users/me/terms_of_service").WantFault(http.StatusNotFound, none)
		amy.Put("/users/me/patch", `{"nickname":"n"}`).Want(http.StatusOK)
		sessLogin(s.Visitor(), "amy", testkit.Password).Want(http.StatusCreated)
		answer(`{"serviceTermsId":"` + old + `","accepted":"true"}`).Want(http.StatusOK)
		answer(`{"termsOfServiceId":"` + terms + `","accepted":true}`).Want(http.StatusOK)
		answer(`{"termsOfServiceId":"` + old + `","accepted":false}`).Want(http.StatusOK) // not the one that is accepted
		if got := amy.Get("/users/me/terms_of_service").Want(http.StatusOK).Text("terms_of_service_id"); got != terms {
			t.Errorf("accepted %s", got)
		}
		if got := sessLogin(s.Visitor(), "amy", testkit.Password).Want(http.StatusCreated).Text("terms_of_service_id"); got != terms {
			t.Errorf("signing in tells %q", got)
		}
		answer(`{"termsOfServiceId":"` + terms + `","accepted":false}`).Want(http.StatusOK)
		amy.Get("/users/me/terms_of_service").WantFault(http.StatusNotFound, none)
		s.Visitor().Get("/users/me/terms_of_service").WantFault(http.StatusUnauthorized, tokenUseless)
	})
}

// TestTheSameTermsTwiceAtOnceAreOne: of equal texts that come at the same time one is stored.
func TestTheSameTermsTwiceAtOnceAreOne(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		const many = 6
		ids := make([]string, many)
		var wg sync.WaitGroup
		for i := range many {
			wg.Go(func() {
				ids[i] = s.Admin().For(t).Post("/terms_of_service", map[string]string{"text": "be kind"}).Want(http.StatusOK).Text("id")
			})
		}
		wg.Wait()
		if len(slices.Compact(ids)) != 1 {
			t.Errorf("terms %v", ids)
		}
	})
}
