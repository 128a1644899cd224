package memory_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func TestBook_GivesBackWhatWasWritten(t *testing.T) {
	b, ctx := memory.NewBook(), t.Context()
	settings := state.Settings{Office: "o", Zone: "Europe/Helsinki", Rules: state.Rules{Types: []string{"a"}}}
	people := []state.Person{
		{ID: "2", Addresses: [2]string{"", "b@x"}, Enabled: true},
		{ID: "1", Addresses: [2]string{"", "c@x"}},
	}
	pulse := state.Pulse{Person: "1", Failed: "auth", Halt: &plan.Reason{Code: plan.SideEmpty}, Problems: []state.Problem{{ID: "i"}}}
	if err := errors.Join(b.SaveSettings(ctx, settings), b.SavePeople(ctx, people), b.SavePulse(ctx, pulse)); err != nil {
		t.Fatal(err)
	}
	gotSettings, _ := b.Settings(ctx)
	gotPeople, _ := b.People(ctx)
	gotPulses, _ := b.Pulses(ctx)
	if diff := cmp.Diff(settings, gotSettings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(people, gotPeople); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]state.Pulse{pulse}, gotPulses); diff != "" {
		t.Errorf("pulses (-want +got):\n%s", diff)
	}
	gotSettings.Rules.Types[0], gotPulses[0].Halt.Code = "spoilt", "spoilt"
	again, _ := b.Settings(ctx)
	pulses, _ := b.Pulses(ctx)
	if again.Rules.Types[0] != "a" || pulses[0].Halt.Code != plan.SideEmpty {
		t.Error("a reader can alter what the book holds")
	}
}

func TestBook_ForgetsTheOldestPreviews(t *testing.T) {
	b, ctx := memory.NewBook(), t.Context()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for n := range 21 {
		if err := b.SavePreview(ctx, fmt.Sprint(n), map[event.PersonID][]string{"p": {fmt.Sprint(n)}}, at.Add(time.Duration(n)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Preview(ctx, "0"); !errors.Is(err, state.ErrUnknownPreview) {
		t.Errorf("the oldest of 21 previews: %v, want ErrUnknownPreview", err)
	}
	got, err := b.Preview(ctx, "1")
	if diff := cmp.Diff(map[event.PersonID][]string{"p": {"1"}}, got); diff != "" || err != nil {
		t.Errorf("preview 1 (-want +got), %v:\n%s", err, diff)
	}
}

func TestBook_CountsFailedSignInsPerSecret(t *testing.T) {
	b, ctx := memory.NewBook(), t.Context()
	for _, secret := range []string{"old", "old", "new"} {
		if err := b.AddFailedSignIn(ctx, "acc", secret, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	for secret, want := range map[string]int{"old": 2, "new": 1, "other": 0} {
		if got, err := b.FailedSignIns(ctx, "acc", secret); got != want || err != nil {
			t.Errorf("failed with %s = %d, %v; want %d", secret, got, err, want)
		}
	}
	if err := b.ClearFailedSignIns(ctx, "acc"); err != nil {
		t.Fatal(err)
	}
	if got, _ := b.FailedSignIns(ctx, "acc", "old"); got != 0 {
		t.Errorf("%d failures after they were cleared", got)
	}
}
