package model_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// causes are all constants of the type, so that one that is added needs words.
func causes(t *testing.T) []doctor.Cause {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "sync", "doctor", "cause.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []doctor.Cause
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, doctor.Cause(text))
		}
		return true
	})
	if len(out) < 60 {
		t.Fatalf("%d causes were found in the source, want them all", len(out))
	}
	return out
}

func TestDiagnose_HasWordsForEveryCause(t *testing.T) {
	braces := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, c := range causes(t) {
		for _, side := range []string{"", "business", "exchange"} {
			l := doctor.Line{Person: "anna@office.test", Result: doctor.Fail(c).With("detail", "403")}
			l.Check, l.Side = doctor.CheckTLS, side
			l.Certificate = &doctor.Certificate{Subject: "CN=mail", Until: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)}
			d := model.Diagnose(l)
			if strings.Contains(d.What, "no words") {
				t.Errorf("%s has no words", c)
			}
			if d.Mend == "" && c != doctor.CauseNeeds && c != doctor.CauseNotHere && c != doctor.CauseStopped {
				t.Errorf("%s has no words for what to do", c)
			}
			if left := braces.FindString(d.What + d.Mend); left != "" {
				t.Errorf("%s leaves %s in its words", c, left)
			}
		}
	}
}

func TestDiagnose_HasWordsForEveryCheck(t *testing.T) {
	for _, c := range doctor.Checks() {
		d := model.Diagnose(doctor.Line{Result: doctor.Result{Check: c, State: doctor.Failed, Cause: doctor.CauseUnavailable}})
		if d.Title == string(c) || d.Why == "" {
			t.Errorf("%s has no title or no reason", c)
		}
	}
}

func TestDiagnose_SupportTextHoldsTheEvidence(t *testing.T) {
	r := doctor.Fail(doctor.CauseChanged).With("status", "401")
	r.Check, r.Side = doctor.CheckTLS, "exchange"
	r.Certificate = &doctor.Certificate{Subject: "CN=mail", SHA256: "aa11", Expected: "bb22"}
	d := model.Diagnose(doctor.Line{Result: r})
	for _, want := range []string{"check: tls", "side: exchange", "cause: certificate_changed", "status: 401", "CN=mail", "aa11", "bb22"} {
		if !strings.Contains(d.Support, want) {
			t.Errorf("the text for support lacks %q:\n%s", want, d.Support)
		}
	}
}

func TestFound_SaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		f    localapi.FoundServer
		want string
	}{
		{localapi.FoundServer{URL: "https://mail.office.test/EWS/Exchange.asmx"}, "https://mail.office.test/EWS/Exchange.asmx"},
		{localapi.FoundServer{Cloud: true}, "Microsoft 365"},
		{localapi.FoundServer{Why: localapi.FindAsk, Ask: []string{"mail.firm.test"}}, "--allow mail.firm.test"},
		{localapi.FoundServer{Why: localapi.FindRefused}, "refuses user and password"},
		{localapi.FoundServer{Why: localapi.FindSecret}, "No password"},
		{localapi.FoundServer{Why: localapi.FindAddress}, "no e-mail address"},
		{localapi.FoundServer{Why: localapi.FindNothing}, "No Exchange server answers for anna@office.test"},
	} {
		a := model.Found(c.f, "anna@office.test")
		if !strings.Contains(a.String(), c.want) || a.Do == "" {
			t.Errorf("%+v: %q, want %q in it and something to do", c.f, a, c.want)
		}
	}
}
