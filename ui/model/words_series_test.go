package model

import (
	"strings"
	"testing"

	"lockstep/sync/event"
)

func TestHoldWords_KnowEveryCode(t *testing.T) {
	for _, code := range []string{
		event.HoldNoSeries, event.HoldYearlyInterval, event.HoldInterval, event.HoldFirstDay, event.HoldRegenerating, event.HoldNoEnd,
		event.HoldTooMany, event.HoldZone, event.HoldClamp, event.HoldPattern, event.HoldException, event.HoldOverlap, event.HoldColleague,
	} {
		if w := HoldWords(code); w == "" || strings.HasPrefix(w, "code ") {
			t.Errorf("%s has no words", code)
		}
	}
	if w := HoldWords("new_one"); !strings.Contains(w, "new_one") {
		t.Errorf("an unknown code says %q", w)
	}
}
