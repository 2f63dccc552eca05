package spec

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/api/spec"
)

func TestObservedSurvivesSaveAndMerge(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	t.Setenv(ObservedDir, dir)

	var one, two, all Observed
	one.Note("Login", 403)
	one.Note("Login", 201)
	one.Note("Login", 201)
	two.Note("GetUser", 200)
	for _, o := range []*Observed{&one, &two} {
		if err := o.Save(); err != nil {
			t.Fatal(err)
		}
	}
	if err := all.Merge(dir); err != nil {
		t.Fatal(err)
	}
	want := []Pair{{"GetUser", 200}, {"Login", 201}, {"Login", 403}}
	if d := cmp.Diff(want, all.Pairs()); d != "" {
		t.Errorf("merged (-want +got):\n%s", d)
	}
}

func TestSaveWithoutFolderDoesNothing(t *testing.T) {
	t.Setenv(ObservedDir, "")
	var o Observed
	o.Note("Login", 201)
	if err := o.Save(); err != nil {
		t.Error(err)
	}
}

func TestMergeRefusesABrokenFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "observed-1.tsv"), []byte("Login\tyes\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := new(Observed).Merge(dir); err == nil {
		t.Error("no error")
	}
}

func TestMissingNamesWhatNobodySaw(t *testing.T) {
	t.Parallel()
	var o Observed
	o.Note("Login", 201)
	ops := []spec.Operation{{Name: "Login", Statuses: []int{201, 400}}, {Name: "Logout", Statuses: []int{201}}}
	if d := cmp.Diff([]Pair{{"Login", 400}, {"Logout", 201}}, o.Missing(ops)); d != "" {
		t.Errorf("missing (-want +got):\n%s", d)
	}
}
