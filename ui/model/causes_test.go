package model

import (
	"strings"
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

func TestReason_OfARefusedEntrySaysWhyAndWhatHelps(t *testing.T) {
	for detail, want := range map[string]string{
		"has_hours":      "Severa refuses it: hours are booked on it; delete it there",
		"ErrorSomething": "Severa refuses it (ErrorSomething)",
	} {
		got := Reason(plan.Reason{Code: plan.CannotWrite, From: event.Business, Detail: detail})
		if got != want {
			t.Errorf("%s: %q, want %q", detail, got, want)
		}
	}
	got := Reason(plan.Reason{Code: plan.CannotRead, From: event.Business, Detail: "series_exception"})
	if !strings.Contains(got, "move one of them back") {
		t.Errorf("series_exception: %q", got)
	}
}
