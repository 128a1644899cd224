package faultscript_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/internal/faultscript"
)

func kinds(s *faultscript.Script, n int, side, op, who string) []faultscript.Kind {
	var out []faultscript.Kind
	for range n {
		r, _ := s.Next(side, op, who)
		out = append(out, r.Kind)
	}
	return out
}

func TestNext_SkipsAfterThenFiresTimes(t *testing.T) {
	s := faultscript.New(faultscript.Rule{Op: "CreateItem", After: 2, Times: 2, Kind: faultscript.Throttle})
	want := []faultscript.Kind{0, 0, faultscript.Throttle, faultscript.Throttle, 0}
	if diff := cmp.Diff(want, kinds(s, 5, "exchange", "CreateItem", "")); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if got := s.Fired(); got != 2 {
		t.Errorf("Fired = %d, want 2", got)
	}
}

func TestNext_TimesZeroFiresForever(t *testing.T) {
	s := faultscript.New(faultscript.Rule{Kind: faultscript.Unavailable})
	for i, k := range kinds(s, 50, "severa", "GET /v1/users", "") {
		if k != faultscript.Unavailable {
			t.Fatalf("call %d: kind %v, want unavailable", i, k)
		}
	}
}

func TestNext_FirstRuleWinsAndOthersWait(t *testing.T) {
	s := faultscript.New(
		faultscript.Rule{Times: 1, Kind: faultscript.DropAfter},
		faultscript.Rule{Times: 1, Kind: faultscript.Malformed},
	)
	if !s.Pending() {
		t.Error("Pending = false before the faults happened")
	}
	want := []faultscript.Kind{faultscript.DropAfter, faultscript.Malformed, 0}
	if diff := cmp.Diff(want, kinds(s, 3, "severa", "x", "")); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if s.Pending() {
		t.Error("Pending = true after all faults happened")
	}
}

func TestNext_Matching(t *testing.T) {
	tests := []struct {
		name          string
		rule          faultscript.Rule
		side, op, who string
		want          bool
	}{
		{"empty rule matches all", faultscript.Rule{}, "exchange", "GetItem", "a@x", true},
		{"side", faultscript.Rule{Side: "severa"}, "exchange", "GetItem", "", false},
		{"side any case", faultscript.Rule{Side: "Severa"}, "severa", "GetItem", "", true},
		{"op equal", faultscript.Rule{Op: "GetItem"}, "exchange", "GetItem", "", true},
		{"op other", faultscript.Rule{Op: "GetItem"}, "exchange", "GetItems", "", false},
		{"op star", faultscript.Rule{Op: "*"}, "exchange", "GetItem", "", true},
		{"op prefix", faultscript.Rule{Op: "GET *"}, "severa", "GET /v1/users", "", true},
		{"op prefix other", faultscript.Rule{Op: "GET *"}, "severa", "POST /v1/users", "", false},
		{"who without case", faultscript.Rule{Who: "Anna@Office.test"}, "exchange", "GetItem", "anna@office.TEST", true},
		{"who other", faultscript.Rule{Who: "anna@office.test"}, "exchange", "GetItem", "bo@office.test", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.rule.Kind = faultscript.Throttle
			_, got := faultscript.New(tt.rule).Next(tt.side, tt.op, tt.who)
			if got != tt.want {
				t.Errorf("fired = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSkew_SumsPerSideAndConsumesNothing(t *testing.T) {
	s := faultscript.New(
		faultscript.Rule{Side: "exchange", Kind: faultscript.Skew, Skew: -90 * time.Second},
		faultscript.Rule{Kind: faultscript.Skew, Skew: time.Second},
	)
	for range 3 {
		if got, want := s.Skew("exchange"), -89*time.Second; got != want {
			t.Errorf("Skew(exchange) = %v, want %v", got, want)
		}
	}
	if got, want := s.Skew("severa"), time.Second; got != want {
		t.Errorf("Skew(severa) = %v, want %v", got, want)
	}
	if r, ok := s.Next("exchange", "GetItem", ""); ok {
		t.Errorf("a skew rule fired on a call: %+v", r)
	}
	if got := s.Fired(); got != 0 {
		t.Errorf("Fired = %d, want 0", got)
	}
}

func TestScript_NilNeverFaults(t *testing.T) {
	var s *faultscript.Script
	s.Add(faultscript.Rule{Kind: faultscript.Throttle})
	s.Clear()
	if _, ok := s.Next("severa", "x", ""); ok || s.Skew("severa") != 0 || s.Fired() != 0 || s.Pending() || s.Rules() != nil {
		t.Error("a nil script did something")
	}
}

func TestScript_ClearStopsFaultsAndKeepsCount(t *testing.T) {
	s := faultscript.New(faultscript.Rule{Kind: faultscript.Throttle})
	kinds(s, 3, "severa", "x", "")
	s.Clear()
	if _, ok := s.Next("severa", "x", ""); ok {
		t.Error("fired after Clear")
	}
	if got := s.Fired(); got != 3 {
		t.Errorf("Fired = %d, want 3", got)
	}
}

func TestNext_CountsExactlyUnderConcurrency(t *testing.T) {
	s := faultscript.New(faultscript.Rule{After: 10, Times: 25, Kind: faultscript.Throttle})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { kinds(s, 20, "severa", "x", "") })
	}
	wg.Wait()
	if got := s.Fired(); got != 25 {
		t.Errorf("Fired = %d, want 25", got)
	}
}

func TestKind_TextRoundTrip(t *testing.T) {
	for k := faultscript.Throttle; k <= faultscript.EmptyPage; k++ {
		text, err := k.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		for _, spelled := range []string{string(text), strings.ToUpper(string(text)), strings.ReplaceAll(string(text), "_", "-"), strings.ReplaceAll(string(text), "_", "")} {
			var got faultscript.Kind
			if err := got.UnmarshalText([]byte(spelled)); err != nil || got != k {
				t.Errorf("UnmarshalText(%q) = %v, %v; want %v", spelled, got, err, k)
			}
		}
	}
	if got, want := faultscript.Kind(99).String(), "Kind(99)"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}
