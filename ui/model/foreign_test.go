package model

import (
	"strings"
	"testing"
)

func TestForeign_NamesTheProgramAndTheRemedy(t *testing.T) {
	got := Foreign(map[string]int{"ogcs": 1, "dynamics": 3})
	if len(got) != 2 || !strings.HasPrefix(got[0], "3 entries are marked by Dynamics 365") ||
		!strings.HasPrefix(got[1], "1 entry is marked by Outlook Google Calendar Sync") || !strings.Contains(got[0], "only one") {
		t.Errorf("got %q", got)
	}
	if got := Foreign(nil); got != nil {
		t.Errorf("without marks: %q", got)
	}
}
