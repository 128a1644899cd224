package model

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
)

// TestSetupSteps_HaveNames checks that each step is found by its key.
func TestSetupSteps_HaveNames(t *testing.T) {
	for _, s := range SetupSteps() {
		if StepOf(s.Key()) != s || s.Label() == "" || s.Title() == "" || s.Continue(1) == "" {
			t.Errorf("step %d is %q, %q, %q", s, s.Key(), s.Label(), s.Title())
		}
	}
	if StepOf("of another version") != StepWelcome {
		t.Error("a key that is none is not the first step")
	}
}

// TestEWSAddress completes what people type.
func TestEWSAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"":                             "",
		" mail.saari.example ":         "https://mail.saari.example/EWS/Exchange.asmx",
		"https://mail.saari.example/":  "https://mail.saari.example/EWS/Exchange.asmx",
		"https://m.example/ews/x.asmx": "https://m.example/ews/x.asmx",
		"http://m.example":             "http://m.example/EWS/Exchange.asmx",
		"::":                           "::",
	} {
		if got := EWSAddress(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}

// TestSplitUser takes a domain off, and leaves an address as it is.
func TestSplitUser(t *testing.T) {
	for typed, want := range map[string][2]string{`SAARI\svc`: {"SAARI", "svc"}, "svc": {"", "svc"}, "svc@saari.example": {"", "svc@saari.example"}} {
		if d, u := SplitUser(typed); d != want[0] || u != want[1] {
			t.Errorf("%q is %q and %q", typed, d, u)
		}
	}
}

// TestFingerprint keeps the order of the digits, sixteen pairs a line.
func TestFingerprint(t *testing.T) {
	hex := strings.Repeat("0123456789abcdef", 4)
	got := Fingerprint(hex)
	if lines := strings.Split(got, "\n"); len(lines) != 2 || len(strings.Fields(lines[0])) != 16 {
		t.Errorf("fingerprint is\n%s", got)
	}
	if strings.ToLower(strings.Join(strings.Fields(got), "")) != hex {
		t.Errorf("digits changed: %s", got)
	}
}

// TestFieldWrong has words of its own for every code, and none of them is the
// agent's.
func TestFieldWrong(t *testing.T) {
	source, err := os.ReadFile("../../sync/localapi/setup.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`FieldCode = "(\w+)"`).FindAllSubmatch(source, -1)
	if len(codes) < 10 {
		t.Fatalf("found %d codes", len(codes))
	}
	for _, c := range codes {
		code := localapi.FieldCode(c[1])
		got := FieldWrong(localapi.FieldProblem{Code: code, Say: "the agent's"})
		if got == "" || code != localapi.FieldInvalid && got == "the agent's" {
			t.Errorf("%s has no words", code)
		}
	}
}

// TestExchangeTested tells what failed and what could not be tried because of it.
func TestExchangeTested(t *testing.T) {
	trouble := func(kind string) localapi.TestResult {
		return localapi.TestResult{Trouble: &localapi.Trouble{Side: "exchange", Kind: kind}, Tries: 1}
	}
	untrusted := trouble("certificate")
	untrusted.Certificate = &localapi.Certificate{Why: localapi.CertificateUnknown}
	refused := localapi.TestResult{OK: true, Mailbox: &localapi.MailboxProbe{Address: "a@x", Trouble: &localapi.Trouble{Kind: "forbidden"}}}
	for name, c := range map[string]struct {
		r    localapi.TestResult
		want []CheckState
	}{
		"works":     {localapi.TestResult{OK: true}, []CheckState{CheckPassed, CheckPassed}},
		"password":  {trouble("auth"), []CheckState{CheckPassed, CheckFailed}},
		"away":      {trouble("unavailable"), []CheckState{CheckFailed, CheckNotRun}},
		"untrusted": {untrusted, []CheckState{CheckFailed, CheckNotRun, CheckNotRun}},
		"rights":    {refused, []CheckState{CheckPassed, CheckPassed, CheckFailed}},
	} {
		var got []CheckState
		for _, l := range ExchangeTested(c.r, localapi.DraftExchange{User: "svc"}) {
			got = append(got, l.State)
			if l.Title == "" {
				t.Errorf("%s: a line says nothing", name)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: states are %v, want %v", name, got, c.want)
		}
	}
}

// TestWindows_NameNoCommand checks that what the windows say to do can be done
// in them: no file to edit, no command to type.
func TestWindows_NameNoCommand(t *testing.T) {
	commands := regexp.MustCompile("lockstepctl|office\\.toml|ca_file|pin_sha256|`")
	for cause := range cures() {
		w := windowCure(doctor.Line{Result: doctor.Result{Check: doctor.CheckTLS, Side: "exchange", State: doctor.Failed, Cause: cause}})
		if w.what == "" || commands.MatchString(w.what+w.do) {
			t.Errorf("%s says: %s %s", cause, w.what, w.do)
		}
	}
	for _, kind := range []string{
		"auth", "certificate", "scope_missing", "throttled", "unavailable", "outcome_unknown", "forbidden", "not_found",
		"cursor_expired", "precondition", "invalid", "lease", "something",
	} {
		for _, code := range []string{"", localapi.CodeHostUnknown, localapi.CodeSecretMissing, localapi.CodeSetting, localapi.CodePersonUnknown, localapi.CodeOtherCertificate, "disk_full"} {
			a := WindowTrouble(localapi.Trouble{Side: "business", Kind: kind, Code: code, RetrySeconds: 60})
			if a.What == "" || a.Do == "" || commands.MatchString(a.String()) {
				t.Errorf("%s %s says: %s", kind, code, a)
			}
		}
	}
}

// TestDraftPeople names who is ticked, and leaves who was named before as he was.
func TestDraftPeople(t *testing.T) {
	both := func(a string, known, on bool) localapi.Match {
		return localapi.Match{State: localapi.MatchBoth, Known: known, Enabled: on, Addresses: map[string]string{"business": a, "exchange": a}}
	}
	ms := []localapi.Match{both("anna@x", true, true), both("bram@x", true, false), both("cilla@x", false, false), both("daan@x", false, false)}
	named := []localapi.DraftPerson{{Severa: "Anna@x", Zone: "Europe/Helsinki"}, {Exchange: "bram@x"}, {Severa: "daan@x"}, {Severa: "elsewhere@x"}}
	got := DraftPeople(named, ms, map[string]bool{"bram@x": true, "cilla@x": true})
	var names []string
	for _, p := range got {
		names = append(names, p.Severa+"/"+p.Exchange)
	}
	want := []string{"Anna@x/", "/bram@x", "elsewhere@x/", "cilla@x/cilla@x"}
	if !slices.Equal(names, want) || got[0].Zone == "" {
		t.Errorf("named are %v, want %v", names, want)
	}
	sw := Switches(ms, map[string]bool{"bram@x": true, "cilla@x": true})
	if len(sw) != 2 || sw["anna@x"] || !sw["bram@x"] {
		t.Errorf("switches are %v", sw)
	}
	if got := FirstTicks(ms); len(got) != 1 || !got["anna@x"] {
		t.Errorf("first ticks are %v, want who takes part", got)
	}
}

// TestChosenTypes is nothing where all are ticked.
func TestChosenTypes(t *testing.T) {
	types := []localapi.Activity{
		{ID: "1", Name: "Task", Category: "project_task", Active: true},
		{ID: "2", Name: "Call", Active: true},
		{ID: "3", Name: "Meeting", Active: true},
		{ID: "4", Name: "Old"},
	}
	rows := Activities(types)
	if len(rows) != 3 || rows[2].Usable || rows[2].Note == "" {
		t.Errorf("rows are %+v, want the project tasks last and with a reason", rows)
	}
	if got := ChosenTypes(types, map[string]bool{"Call": true, "Meeting": true}); got != nil {
		t.Errorf("all ticked is %v, want nothing said", got)
	}
	if got := ChosenTypes(types, map[string]bool{"Call": true}); !slices.Equal(got, []string{"Call"}) {
		t.Errorf("chosen are %v", got)
	}
	if got := ActivityTicks(types, []string{"2"}); !got["Call"] || got["Meeting"] {
		t.Errorf("ticks are %v", got)
	}
}

// TestSetDays leaves the usual unsaid.
func TestSetDays(t *testing.T) {
	r := localapi.DraftRules{DaysBack: new(7), DaysAhead: 9}
	if DaysBack(r) != "7" || DaysAhead(r) != "9" {
		t.Errorf("shows %s and %s", DaysBack(r), DaysAhead(r))
	}
	SetDays(&r, " 30", "180")
	if r.DaysBack != nil || r.DaysAhead != 0 || DaysBack(r) != "30" || DaysAhead(r) != "180" {
		t.Errorf("rules are %+v", r)
	}
	SetDays(&r, "0", "x")
	if r.DaysBack == nil || *r.DaysBack != 0 || r.DaysAhead != 0 {
		t.Errorf("rules are %+v", r)
	}
	for text, bad := range map[string]bool{"0": false, "3650": false, "3651": true, "-1": true, "": true, "two": true} {
		if (DaysWrong(text) != "") != bad {
			t.Errorf("%q: %q", text, DaysWrong(text))
		}
	}
}
