package api_test

import (
	"context"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"muster/internal/perm"
	"muster/internal/store"
	"muster/internal/testkit"
)

// forAnybody are the methods of services that somebody without an account may use:
// their right to it is what they show, such as a password or the token of a link.
// SightOf is part of others and gives a sight of nobody.
var forAnybody = []string{"SightOf", "Login", "Logout", "CreateInvited", "SendPasswordReset", "SendVerificationEmail"}

// TestTheZeroActorMayDoNothing calls every method of a service that takes an actor
// without one: none may give or change anything. Being written with reflection, it
// counts: a method that comes later is called, too.
func TestTheZeroActorMayDoNothing(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		db := chgDB(t, s)
		before := chgState(t, s, db)
		tried := 0
		server := reflect.ValueOf(s.Server).Elem()
		for i := range server.NumField() {
			field := server.Type().Field(i)
			if !field.IsExported() || field.Type.Kind() != reflect.Pointer {
				continue
			}
			for m := range server.Field(i).Type().NumMethod() {
				method := server.Field(i).Type().Method(m)
				if !isUseCase(method.Type) || slices.Contains(forAnybody, method.Name) {
					continue
				}
				tried++
				if out := callWith(server.Field(i).Method(m), amy.ID); !gaveNothing(out) {
					t.Errorf("%s.%s gave %v", field.Name, method.Name, out)
				}
			}
		}
		if tried < 60 {
			t.Errorf("only %d methods were tried", tried)
		}
		chgSame(t, before, chgState(t, s, db))
	})
}

// isUseCase tells whether a method is one: it has a context and an actor. Those that
// work in somebody else's transaction or reading are parts of one.
func isUseCase(method reflect.Type) bool {
	actor := false
	for i := 1; i < method.NumIn(); i++ {
		switch method.In(i) {
		case reflect.TypeFor[perm.Actor]():
			actor = true
		case reflect.TypeFor[*store.Tx](), reflect.TypeFor[store.Q]():
			return false
		}
	}
	return actor && method.In(1) == reflect.TypeFor[context.Context]()
}

// callWith calls a method with a text for each text it takes and with zero values
// otherwise.
func callWith(method reflect.Value, text string) []reflect.Value {
	var in []reflect.Value
	for i := range method.Type().NumIn() {
		switch kind := method.Type().In(i); {
		case method.Type().IsVariadic() && i == method.Type().NumIn()-1:
			if kind.Elem().Kind() == reflect.String {
				in = append(in, reflect.ValueOf(text))
			}
		case kind == reflect.TypeFor[context.Context]():
			in = append(in, reflect.ValueOf(context.Background()))
		case kind.Kind() == reflect.String:
			in = append(in, reflect.ValueOf(text).Convert(kind))
		case kind.Kind() == reflect.Pointer:
			in = append(in, reflect.New(kind.Elem()))
		case kind == reflect.TypeFor[[]string]():
			in = append(in, reflect.ValueOf([]string{text}))
		default:
			in = append(in, reflect.Zero(kind))
		}
	}
	return method.Call(in)
}

// somebody is what answers about accounts have in them: an id, or a number of something.
var somebody = regexp.MustCompile(`[a-z0-9]{26}|[1-9]`)

// gaveNothing tells whether a method failed, said no, or found nobody.
func gaveNothing(out []reflect.Value) bool {
	if err, ok := out[len(out)-1].Interface().(error); ok && err != nil {
		return true
	}
	if len(out) == 1 && out[0].Kind() != reflect.Bool {
		return false // it may have changed something
	}
	given, err := json.Marshal(out[0].Interface())
	return err == nil && string(given) != "true" && !somebody.Match(given)
}
