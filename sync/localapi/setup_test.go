//go:build !windows

package localapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// setting is a Setter that notes what it is asked.
type setting struct {
	Agent
	asked []any
	setup Setup
	test  TestResult
	err   error
}

func (s *setting) Setup(context.Context) (Setup, error) { return s.setup, s.err }

func (s *setting) CheckSetup(_ context.Context, q CheckRequest) (Checked, error) {
	s.asked = append(s.asked, q)
	return Checked{Problems: []FieldProblem{{Key: "person.zone", Row: 2, Code: FieldZone, Say: "no"}}}, s.err
}

func (s *setting) SaveSetup(_ context.Context, d Draft) (Setup, error) {
	s.asked = append(s.asked, d)
	return s.setup, s.err
}

func (s *setting) DropSetup(context.Context) error { s.asked = append(s.asked, "drop"); return s.err }

func (s *setting) SetSecret(_ context.Context, q SecretRequest) error {
	s.asked = append(s.asked, q)
	return s.err
}

func (s *setting) TestConnection(_ context.Context, q TestRequest) (TestResult, error) {
	s.asked = append(s.asked, q)
	return s.test, s.err
}

func (s *setting) Matches(context.Context) ([]Match, error) {
	return []Match{{Name: "Anna", State: MatchBoth}}, s.err
}

func (s *setting) Prefs(context.Context) (Prefs, error) { return Prefs{Theme: ThemeDark}, s.err }

func (s *setting) SavePrefs(_ context.Context, p Prefs) (Prefs, error) {
	s.asked = append(s.asked, p)
	return p, s.err
}

func TestClient_KeepsPreferences(t *testing.T) {
	f := &setting{Agent: &fake{}}
	c, _ := serve(t, f)
	want := Prefs{Language: "fi", Quiet: []string{"behind"}, AutostartDelay: 5}
	if p, err := c.SavePrefs(t.Context(), want); err != nil || !cmp.Equal(p, want) || !cmp.Equal(f.asked, []any{want}) {
		t.Errorf("saved %+v, %v, asked %+v", p, err, f.asked)
	}
	if p, err := c.Prefs(t.Context()); err != nil || p.Theme != ThemeDark {
		t.Errorf("prefs = %+v, %v", p, err)
	}
}

func TestClient_SetsAnOfficeUp(t *testing.T) {
	d := Draft{Zone: "UTC", Exchange: DraftExchange{User: "svc"}, Person: []DraftPerson{{Severa: "a@x.test"}}, Rules: DraftRules{DaysBack: new(0)}}
	f := &setting{
		Agent: &fake{}, setup: Setup{Draft: d, SetUp: true, Secrets: map[string]bool{SystemExchange: true}, SecretsIn: "memory"},
		test: TestResult{OK: true, Certificate: &Certificate{Subject: "CN=mail"}},
	}
	c, _ := serve(t, f)
	ctx := t.Context()
	if got, err := c.Setup(ctx); err != nil || !cmp.Equal(got, f.setup) {
		t.Errorf("setup = %+v, %v", got, err)
	}
	check := CheckRequest{Draft: d, Keys: []string{"exchange"}, Keep: true, Page: "two"}
	if got, err := c.CheckSetup(ctx, check); err != nil || len(got.Problems) != 1 || got.Problems[0].Row != 2 {
		t.Errorf("checked = %+v, %v", got, err)
	}
	if got, err := c.SaveSetup(ctx, d); err != nil || !got.SetUp {
		t.Errorf("saved = %+v, %v", got, err)
	}
	secret := SecretRequest{System: SystemSevera, Secret: "hunter2"}
	if err := c.SetSecret(ctx, secret); err != nil {
		t.Error(err)
	}
	test := TestRequest{Draft: d, System: SystemExchange, Secret: "hunter2", Mailbox: "a@x.test"}
	if got, err := c.TestConnection(ctx, test); err != nil || !cmp.Equal(got, f.test) {
		t.Errorf("test = %+v, %v", got, err)
	}
	if got, err := c.Matches(ctx); err != nil || len(got) != 1 || got[0].State != MatchBoth {
		t.Errorf("matches = %+v, %v", got, err)
	}
	if err := c.DropSetup(ctx); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]any{check, d, secret, test, "drop"}, f.asked); diff != "" {
		t.Errorf("asked (-want +got)\n%s", diff)
	}
	f.err = &Error{Code: CodeField, Message: "no", Fields: []FieldProblem{{Key: "zone", Code: FieldMissing, Say: "missing"}}}
	_, err := c.SaveSetup(ctx, d)
	if e, ok := errors.AsType[*Error](err); !ok || !cmp.Equal(e, f.err) {
		t.Errorf("error = %+v, want %+v", err, f.err)
	}
}

func TestSecret_RefusesToBePrinted(t *testing.T) {
	q := SecretRequest{System: SystemExchange, Secret: "hunter2"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("request", "secret", q.Secret)
	if text := fmt.Sprintf("%v %+v %#v %s", q, q, q, q.Secret) + log.String(); strings.Contains(text, "hunter2") {
		t.Errorf("printed as %s", text)
	}
}
