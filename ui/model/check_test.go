package model_test

import (
	"strings"
	"testing"

	"lockstep/ui/model"
)

func TestFinding_HasWordsForEveryKind(t *testing.T) {
	for _, kind := range []string{
		"store_damaged", "row_orphaned", "row_unreadable", "link_twice", "entry_unreadable", "in_doubt", "undecided",
		"linked_twice", "entry_gone", "mark_missing", "mark_foreign", "mark_elsewhere", "marked_unlinked",
	} {
		f := model.Finding{Kind: kind}.Explain()
		if f.What == kind || f.What == "" || f.Why == "" || f.Do == "" {
			t.Errorf("%s has no words: %+v", kind, f)
		}
		if mended := (model.Finding{Kind: kind, Mended: true}).Explain(); mended.Do == f.Do && f.Do != "" {
			t.Errorf("%s: what has been put right is still to be done: %q", kind, mended.Do)
		}
	}
}

// What a repair has left is not told to be repaired, and where it is, is told by
// the system's name.
func TestFinding_AfterARepairTellsWhatIsNext(t *testing.T) {
	for _, kind := range []string{"entry_gone", "mark_missing", "mark_elsewhere"} {
		f := model.Finding{Kind: kind, Person: "Anna Virtanen", Side: "business", Repaired: true}.Explain()
		if f.Do == "" || strings.Contains(f.Do, "--repair") {
			t.Errorf("%s: %q", kind, f.Do)
		}
		if got, want := f.Where(), "Anna Virtanen, Severa: "; got != want {
			t.Errorf("it is at %q, want %q", got, want)
		}
	}
}
