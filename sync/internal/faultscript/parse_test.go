package faultscript_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/internal/faultscript"
)

func TestParse_ReadsEveryKey(t *testing.T) {
	s, err := faultscript.Parse(strings.NewReader(`
# a script
[[rule]]
side = "severa"
op = "POST /v1/activities"
who = "anna@office.test"
after = 2
times = 3
kind = "Throttle"
delay = "1.5s"
retry_after = "5s"

[[rule]]
side = "exchange"
kind = "skew"
skew = "-90s"
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []faultscript.Rule{
		{
			Side: "severa", Op: "POST /v1/activities", Who: "anna@office.test", After: 2, Times: 3,
			Kind: faultscript.Throttle, Delay: 1500 * time.Millisecond, RetryAfter: 5 * time.Second,
		},
		{Side: "exchange", Kind: faultscript.Skew, Skew: -90 * time.Second},
	}
	if diff := cmp.Diff(want, s.Rules()); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestParse_EmptyNeverFaults(t *testing.T) {
	s, err := faultscript.Parse(strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Next("severa", "x", ""); ok {
		t.Error("an empty script fired")
	}
}

func TestParse_ErrorsNameTheLineAndTheCause(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"unknown kind", "[[rule]]\nkind = \"explode\"\n", []string{"line 2", "explode", "drop_after"}},
		{"unknown key", "[[rule]]\nkind = \"throttle\"\nsidde = \"severa\"\n", []string{"line 3", "sidde"}},
		{"unknown side", "\n\n[[rule]]\nkind = \"throttle\"\nside = \"outlook\"\n", []string{"line 3", "outlook"}},
		{"missing kind", "[[rule]]\nkind=\"throttle\"\n[[rule]]\nside = \"severa\"\n", []string{"line 3", "kind"}},
		{"bad duration", "[[rule]]\nkind = \"slow\"\ndelay = \"soon\"\n", []string{"line 3", "soon"}},
		{"slow without delay", "[[rule]]\nkind = \"slow\"\n", []string{"line 1", "delay"}},
		{"skew without skew", "[[rule]]\nkind = \"skew\"\n", []string{"line 1", "skew"}},
		{"skew with times", "[[rule]]\nkind = \"skew\"\nskew = \"1s\"\ntimes = 1\n", []string{"line 1", "times"}},
		{"skew on other kind", "[[rule]]\nkind = \"slow\"\ndelay=\"1s\"\nskew = \"1s\"\n", []string{"line 1", "skew"}},
		{"negative after", "[[rule]]\nkind = \"throttle\"\nafter = -1\n", []string{"line 1", "after"}},
		{"negative times", "[[rule]]\nkind = \"throttle\"\ntimes = -1\n", []string{"line 1", "times"}},
		{"negative delay", "[[rule]]\nkind = \"slow\"\ndelay = \"-1s\"\n", []string{"line 1", "delay"}},
		{"negative retry_after", "[[rule]]\nkind = \"throttle\"\nretry_after = \"-1s\"\n", []string{"line 1", "retry_after"}},
		{"not toml", "[[rule]]\nkind = \n", []string{"line 2"}},
		{"wrong type", "[[rule]]\nkind = \"throttle\"\nafter = \"two\"\n", []string{"line 3"}},
		{"inline array", "rule = [{kind = \"throttle\", after = -1}]", []string{"rule 1", "after"}},
		{"too long", strings.Repeat("#\n", 1<<20), []string{"longer"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := faultscript.Parse(strings.NewReader(tt.text))
			if err == nil {
				t.Fatalf("no error; rules %+v", s.Rules())
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not name %q", err, w)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("[[rule]]\nkind = \"throttle\"\nafter = 1\ntimes = 2\nretry_after = \"3s\"\n")
	f.Add("rule = [{kind = \"skew\", skew = \"1h\"}]")
	f.Add("[[rule]]\nkind = \"slow\"\ndelay = \"1ms\"\n[[rule.x]]\n")
	f.Add("[rule]\nkind = 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := faultscript.Parse(strings.NewReader(text))
		if err != nil {
			if s != nil || !strings.Contains(err.Error(), "fault script") {
				t.Fatalf("script %v with error %v", s, err)
			}
			return
		}
		for _, r := range s.Rules() {
			if r.Kind == faultscript.None || r.After < 0 || r.Times < 0 || r.Delay < 0 {
				t.Fatalf("accepted a rule that makes no sense: %+v", r)
			}
		}
		s.Next("severa", "GET /v1/activities", "")
	})
}
