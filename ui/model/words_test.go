package model

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// codes reads the names of all reasons from the source that declares them, so
// that a new one without words is noticed.
func codes(t *testing.T) []plan.Code {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "sync", "plan", "reason.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []plan.Code
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Code" {
			for _, val := range v.Values {
				s, err := strconv.Unquote(val.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, plan.Code(s))
			}
		}
		return true
	})
	if len(out) < 40 {
		t.Fatalf("only %d reasons found in the source", len(out))
	}
	return out
}

func TestReason_HasWordsForEveryCode(t *testing.T) {
	seen := map[string]plan.Code{}
	for _, c := range codes(t) {
		got := Reason(plan.Reason{Code: c, From: event.Exchange, Ahead: 3 * time.Minute, Count: 7, Limit: 5, Detail: "Code17"})
		if got == string(c) || !strings.Contains(got, " ") {
			t.Errorf("%s has no words: %q", c, got)
		}
		if strings.HasSuffix(got, ".") || strings.Contains(got, "%!") {
			t.Errorf("%s: %q ends in a full stop or is badly formatted", c, got)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("%s and %s have the same words: %q", c, other, got)
		}
		seen[got] = c
	}
}

// adapterCodes are the codes of our own that an adapter may give an entry's
// trouble, read from the source that declares them.
func adapterCodes(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"exchange/errors.go", "severa/errors.go", "severa/restore.go"} {
		before := len(out)
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "sync", filepath.FromSlash(name)), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(strings.ToLower(v.Names[0].Name), "code") {
				return true
			}
			for _, val := range v.Values {
				s, err := strconv.Unquote(val.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, s)
			}
			return true
		})
		if len(out) == before {
			t.Errorf("no code was found in %s", name)
		}
	}
	return out
}

func TestBecause_HasWordsForEveryCodeOfOurOwn(t *testing.T) {
	codes := append(adapterCodes(t), plan.MovedElsewhere, event.HoldException)
	for _, k := range []endpoint.Kind{endpoint.Invalid, endpoint.Forbidden, endpoint.NotFound, endpoint.Precondition, endpoint.Internal} {
		codes = append(codes, k.String())
	}
	for _, c := range codes {
		if got := because(c); strings.Contains(got, "("+c) || !strings.HasPrefix(got, ": ") {
			t.Errorf("%s has no words: %q", c, got)
		}
	}
	if got, want := because("malformed_property item:Subject"), " (item:Subject)"; !strings.HasSuffix(got, want) || strings.Contains(got, "malformed") {
		t.Errorf("%q does not end in %q", got, want)
	}
	if got, want := because("ErrorItemCorrupt"), " (ErrorItemCorrupt)"; got != want {
		t.Errorf("a system's own code: %q, want %q", got, want)
	}
}

func TestReason_SaysItsData(t *testing.T) {
	for _, tt := range []struct {
		reason plan.Reason
		want   []string
	}{
		{plan.Reason{Code: plan.NewerWins, From: event.Exchange, Ahead: 3 * time.Minute}, []string{"Exchange", "3 min"}},
		{plan.Reason{Code: plan.OnlyThere, From: event.Business}, []string{"Severa"}},
		{plan.Reason{Code: plan.TooManyDeletes, Count: 60, Limit: 50}, []string{"60", "50"}},
		{plan.Reason{Code: plan.CannotRead, From: event.Exchange, Detail: "ErrorItemCorrupt"}, []string{"Exchange", "ErrorItemCorrupt"}},
		{plan.Reason{Code: plan.OutcomeUnsure, Count: 1}, []string{"no answer came", "one entry that was made since"}},
		{plan.Reason{Code: plan.OutcomeUnsure, Count: 2}, []string{"no answer came", "2 entries that were made since"}},
		{plan.Reason{Code: plan.OutcomeUnsure}, []string{"no entry that was made since"}},
		{plan.Reason{Code: plan.BackAndForth, From: event.Exchange, Count: 3}, []string{"3 times", "Exchange", "another program"}},
		{plan.Reason{Code: plan.BackAndForth, From: event.Exchange, Count: 12}, []string{"12 times"}},
		{plan.Reason{Code: "of_a_later_version"}, []string{"of_a_later_version"}},
	} {
		got := Reason(tt.reason)
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s = %q, without %q", tt.reason.Code, got, want)
			}
		}
	}
}

func TestTrouble_SaysWhatHappenedAndWhatToDoForEveryKind(t *testing.T) {
	for k := endpoint.Internal; k.String() != "unknown"; k++ {
		for _, s := range event.Sides() {
			got := Trouble(localapi.Trouble{Side: s.String(), Kind: k.String(), Scope: "account"})
			if !strings.HasPrefix(got.What, SideName(s)) || !strings.HasSuffix(got.What, ".") || !strings.HasSuffix(got.Do, ".") {
				t.Errorf("%s of %s = %q, want a sentence about %s and one with the remedy", k, s, got, SideName(s))
			}
			if k != endpoint.Internal && strings.Contains(got.What, "cannot be understood") {
				t.Errorf("%s has no words of its own: %q", k, got)
			}
		}
	}
}

func TestTrouble_NamesCodesAndRemediesOfOurOwn(t *testing.T) {
	for _, tt := range []struct {
		trouble localapi.Trouble
		want    string
	}{
		{localapi.Trouble{Side: "exchange", Kind: "auth", Code: localapi.CodeSecretMissing}, "lockstepctl secret set exchange"},
		{localapi.Trouble{Side: "business", Kind: "auth", Code: localapi.CodeSecretMissing}, "lockstepctl secret set severa"},
		{localapi.Trouble{Side: "business", Kind: "unavailable", Code: localapi.CodeHostUnknown}, "does not exist"},
		{localapi.Trouble{Side: "exchange", Kind: "certificate", Code: localapi.CodeOtherCertificate}, "somebody may be listening"},
		{localapi.Trouble{Side: "business", Kind: "invalid", Code: localapi.CodeSetting, Detail: "the client id is missing"}, "the client id is missing"},
		{localapi.Trouble{Side: "exchange", Kind: "not_found", Code: localapi.CodePersonUnknown}, "[[person]]"},
		{localapi.Trouble{Kind: "internal", Code: string(localapi.CodeDiskFull)}, "disk is full"},
		{localapi.Trouble{Side: "exchange", Kind: "forbidden", Code: "ErrorImpersonateUserDenied"}, "(ErrorImpersonateUserDenied)."},
		{localapi.Trouble{Side: "business", Kind: "throttled", RetrySeconds: 60}, "1 min"},
	} {
		if got := Trouble(tt.trouble).String(); !strings.Contains(got, tt.want) {
			t.Errorf("%+v = %q, without %q", tt.trouble, got, tt.want)
		}
	}
}

func TestHealthName_HasWordsForEveryHealth(t *testing.T) {
	seen := map[string]bool{}
	for h := office.UpToDate; h <= office.StoppedForSafety; h++ {
		got := HealthName(h)
		if got == "unknown" || seen[got] {
			t.Errorf("%s = %q, want words of its own", h, got)
		}
		seen[got] = true
	}
}

func TestAgo_TakesTheLargestUnitThatSaysEnough(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", -3 * time.Minute: "3 min",
		119 * time.Minute: "119 min", 2 * time.Hour: "2 h", 47 * time.Hour: "47 h", 48 * time.Hour: "2 days",
	} {
		if got := Ago(d); got != want {
			t.Errorf("Ago(%s) = %q, want %q", d, got, want)
		}
	}
}

// TestReason_DeclinesTheSideInFinnish: the case ending depends on the name.
func TestReason_DeclinesTheSideInFinnish(t *testing.T) {
	t.Cleanup(func() { _ = say.Use(say.English) })
	if err := say.Use("fi"); err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"poistettu Severasta, mutta muutettu Outlookissa": WindowReason(plan.Reason{Code: plan.DeletedAndEdited, From: event.Business}),
		"poistettu Outlookista, mutta muutettu Severassa": WindowReason(plan.Reason{Code: plan.DeletedAndEdited, From: event.Exchange}),
		"poistettu Exchangesta, mutta muutettu Severassa": Reason(plan.Reason{Code: plan.DeletedAndEdited, From: event.Exchange}),
		"ajo oli luonut sen Severaan":                     WindowReason(plan.Reason{Code: plan.UndoneMade, From: event.Business}),
		"ajo oli luonut sen Outlookiin":                   WindowReason(plan.Reason{Code: plan.UndoneMade, From: event.Exchange}),
		"ajo oli luonut sen Exchangeen":                   Reason(plan.Reason{Code: plan.UndoneMade, From: event.Exchange}),
		"Severan kalenteri on yhtäkkiä tyhjä":             WindowReason(plan.Reason{Code: plan.SideEmpty, From: event.Business}),
		"Outlookin kalenteri on yhtäkkiä tyhjä":           WindowReason(plan.Reason{Code: plan.SideEmpty, From: event.Exchange}),
		"Exchangen kalenteri on yhtäkkiä tyhjä":           Reason(plan.Reason{Code: plan.SideEmpty, From: event.Exchange}),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
