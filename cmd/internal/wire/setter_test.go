package wire

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/sample"
	"lockstep/store/secret"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// house is a made-up office with servers that listen, and a home that is not set up.
type house struct {
	open  *sample.Open
	site  *Site
	agent localapi.Agent
}

func newHouse(t *testing.T, tls bool) house { return ruledHouse(t, tls, noPolicies) }

// ruledHouse is one whose organisation has fixed some settings.
func ruledHouse(t *testing.T, tls bool, rules Policies) house {
	t.Helper()
	made, err := sample.New(sample.Options{Now: time.Now, People: 3, Entries: 6, Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	open, err := made.Start("127.0.0.1:0", "127.0.0.1:0", tls)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = open.Close() })
	site, err := Open(t.Context(), Options{Home: filepath.Join(t.TempDir(), "home"), Now: time.Now, Ring: secret.NewMemory(), Policies: rules})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	return house{open, site, site.Agent()}
}

func noPolicies() (policy.Set, error) { return policy.Set{}, nil }

func (h house) draft() localapi.Draft {
	a := h.open.Access
	return localapi.Draft{
		Zone:     sample.OfficeZone,
		Exchange: localapi.DraftExchange{URL: a.Exchange.URL, Domain: a.Exchange.Domain, User: a.Exchange.User},
		Severa:   localapi.DraftSevera{URL: a.Severa.URL, ClientID: a.Severa.ClientID},
	}
}

func (h house) secrets() map[string]localapi.Secret {
	return map[string]localapi.Secret{
		SecretExchange: localapi.Secret(h.open.Access.Exchange.Password), SecretSevera: localapi.Secret(h.open.Access.Severa.ClientSecret),
	}
}

// TestSetter_LeadsFromNothingToAFirstPreview is the wizard's way through the API.
func TestSetter_LeadsFromNothingToAFirstPreview(t *testing.T) {
	h := newHouse(t, false)
	ctx := t.Context()
	s, err := h.agent.Setup(ctx)
	if err != nil || s.SetUp || s.Kept || s.Secrets[SecretExchange] || s.SecretsIn != "memory" {
		t.Fatalf("setup = %+v, %v, want an empty one", s, err)
	}
	if st, err := h.agent.Status(ctx, 0); err != nil || !st.NotSetUp {
		t.Errorf("status = %+v, %v, want one that is not set up", st, err)
	}
	for system, text := range h.secrets() {
		r, err := h.agent.TestConnection(ctx, localapi.TestRequest{
			Draft: h.draft(), System: system, Secret: text, Mailbox: h.open.People[1].Email,
		})
		if err != nil || !r.OK || r.Trouble != nil {
			t.Fatalf("test of %s = %+v, %v", system, r, err)
		}
		switch {
		case system == SecretExchange && (r.Version == "" || r.Generation == "" || r.Mailbox == nil || !r.Mailbox.OK):
			t.Errorf("exchange = %+v, want its version and a mailbox that can be acted for", r)
		case system == SecretSevera && (len(r.Types) == 0 || r.Types[0].Name == "" || r.Types[0].Category == "" || r.Organisation != "Tasatahti Oy"):
			t.Errorf("severa = %+v, want its types and its name", r)
		}
		if err := h.agent.SetSecret(ctx, localapi.SecretRequest{System: system, Secret: text}); err != nil {
			t.Fatal(err)
		}
	}
	if s, err = h.agent.SaveSetup(ctx, h.draft()); err != nil || !s.SetUp || !s.Secrets[SecretSevera] || s.Draft.Exchange.User != sample.ServiceUser {
		t.Fatalf("saved = %+v, %v", s, err)
	}
	if st, _ := h.agent.Status(ctx, 0); st.NotSetUp {
		t.Error("the status says still that it is not set up")
	}
	ms, err := h.agent.Matches(ctx)
	if err != nil || len(ms) != 3 {
		t.Fatalf("matches = %+v, %v, want three people", ms, err)
	}
	for _, m := range ms {
		if m.State != localapi.MatchBoth || m.Enabled || m.Known || m.Addresses["business"] == "" || m.Addresses["exchange"] == "" {
			t.Errorf("match = %+v, want somebody in both systems who is not known yet", m)
		}
	}
	who := ms[0].Addresses["exchange"]
	if p, err := h.agent.Switch(ctx, who, true, "test"); err != nil || !p.Enabled || p.Guest {
		t.Fatalf("switched on = %+v, %v", p, err)
	}
	if ms, err = h.agent.Matches(ctx); err != nil || !ms[0].Enabled || !ms[0].Known || ms[1].Enabled {
		t.Errorf("matches = %+v, %v, want the first switched on", ms, err)
	}
	p, err := h.agent.Preview(ctx, localapi.PreviewRequest{})
	if err != nil || len(p.People) != 1 || p.People[0].Trouble != nil || len(p.People[0].Rows) == 0 {
		t.Errorf("preview = %+v, %v, want rows of one person", p, err)
	}
	if _, err := h.agent.Switch(ctx, "nobody@office.test", true, "test"); !isCode(err, localapi.CodeNoPerson) {
		t.Errorf("switching a stranger on: %v, want %s", err, localapi.CodeNoPerson)
	}
}

func isCode(err error, code localapi.Code) bool {
	e, ok := errors.AsType[*localapi.Error](err)
	return ok && e.Code == code
}

func TestSetter_StoresNothingUnlessAllIsRight(t *testing.T) {
	h := newHouse(t, false)
	d := h.draft()
	d.Exchange.URL, d.Person = "https://svc:hunter2@mail.example.com/", []localapi.DraftPerson{{Severa: "a@x.test"}, {Severa: "a@x.test", Zone: "Nowhere"}}
	_, err := h.agent.SaveSetup(t.Context(), d)
	e, ok := errors.AsType[*localapi.Error](err)
	if !ok || e.Code != localapi.CodeField {
		t.Fatalf("error = %v, want %s", err, localapi.CodeField)
	}
	got := map[string]localapi.FieldProblem{}
	for _, p := range e.Fields {
		got[p.Key] = p
		if strings.Contains(p.Say, "hunter2") {
			t.Errorf("%+v shows the password", p)
		}
	}
	if len(got) != 3 || got["exchange.url"].Code != localapi.FieldUserIn || got["person"].Code != localapi.FieldTwice ||
		got["person.zone"].Code != localapi.FieldZone || got["person.zone"].Row != 2 {
		t.Errorf("fields = %+v", e.Fields)
	}
	if s, err := h.agent.Setup(t.Context()); err != nil || s.SetUp {
		t.Errorf("setup = %+v, %v, want none", s, err)
	}
}

func TestSetter_KeepsADraftForLaterAndNoPassword(t *testing.T) {
	h := newHouse(t, false)
	ctx := t.Context()
	const passworded = "https://svc:hunter2@mail.example.com/"
	d := localapi.Draft{
		Zone: "Nowhere", Exchange: localapi.DraftExchange{URL: passworded, OABURL: passworded, User: "svc"}, Severa: localapi.DraftSevera{URL: passworded},
	}
	c, err := h.agent.CheckSetup(ctx, localapi.CheckRequest{Draft: d, Keys: []string{"exchange"}, Keep: true, Page: "exchange"})
	if err != nil || len(c.Problems) != 2 || c.Problems[0].Key != "exchange.url" || c.Problems[1].Key != "exchange.oab_url" {
		t.Fatalf("checked = %+v, %v, want what is wrong with exchange alone", c, err)
	}
	path := filepath.Join(h.site.Home, draftName)
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), "hunter2") {
		t.Errorf("kept %s, %v, want no password", text, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("draft: %v, %v, want it readable for this user alone", info, err)
	}
	s, err := h.agent.Setup(ctx)
	if err != nil || !s.Kept || s.Page != "exchange" || s.Draft.Exchange.User != "svc" || s.SetUp {
		t.Errorf("setup = %+v, %v, want the draft", s, err)
	}
	if _, err := h.agent.SaveSetup(ctx, h.draft()); err != nil {
		t.Fatal(err)
	}
	if s, err = h.agent.Setup(ctx); err != nil || s.Kept {
		t.Errorf("setup = %+v, %v, want the draft gone", s, err)
	}
}

// TestTestConnection_TriesASecretTwiceAtMost counts over tests and the office's own sign-ins.
func TestTestConnection_TriesASecretTwiceAtMost(t *testing.T) {
	for _, system := range []string{SecretExchange, SecretSevera} {
		t.Run(system, func(t *testing.T) {
			h := newHouse(t, false)
			ask := func(text localapi.Secret) localapi.TestResult {
				t.Helper()
				r, err := h.agent.TestConnection(t.Context(), localapi.TestRequest{Draft: h.draft(), System: system, Secret: text})
				if err != nil {
					t.Fatal(err)
				}
				b, _ := json.Marshal(r)
				if strings.Contains(string(b), "hunter2") {
					t.Errorf("the result shows the secret: %s", b)
				}
				return r
			}
			var tries []int
			for range 3 {
				r := ask("hunter2")
				if r.OK || r.Trouble == nil || r.Trouble.Kind != "auth" {
					t.Fatalf("result = %+v, want a refused sign-in", r)
				}
				tries = append(tries, r.Tries)
			}
			if tries[1] != 0 || tries[2] != 0 {
				t.Errorf("tries left = %v, want none after two", tries)
			}
			if r := ask(h.secrets()[system]); !r.OK {
				t.Errorf("with the right secret: %+v", r)
			}
			if r := ask(""); r.OK || r.Trouble == nil || r.Trouble.Code != localapi.CodeSecretMissing {
				t.Errorf("without a secret: %+v, want it missed", r)
			}
		})
	}
}

func TestTestConnection_ShowsTheCertificate(t *testing.T) {
	h := newHouse(t, true)
	ask := func(system string, change func(*localapi.Draft)) localapi.TestResult {
		t.Helper()
		d := h.draft()
		change(&d)
		r, err := h.agent.TestConnection(t.Context(), localapi.TestRequest{Draft: d, System: system, Secret: h.secrets()[system]})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for system, set := range map[string]func(d *localapi.Draft, pin, ca string){
		SecretExchange: func(d *localapi.Draft, pin, ca string) { d.Exchange.PinSHA256, d.Exchange.CAFile = pin, ca },
		SecretSevera:   func(d *localapi.Draft, pin, ca string) { d.Severa.PinSHA256, d.Severa.CAFile = pin, ca },
	} {
		t.Run(system, func(t *testing.T) {
			r := ask(system, func(*localapi.Draft) {})
			if r.OK || r.Certificate == nil || r.Certificate.Trusted || r.Certificate.Why != localapi.CertificateUnknown || len(r.Certificate.FingerprintSHA256) != 64 {
				t.Fatalf("result = %+v, certificate %+v, want one that nobody vouches for", r, r.Certificate)
			}
			print := r.Certificate.FingerprintSHA256
			if r = ask(system, func(d *localapi.Draft) { set(d, print, "") }); !r.OK || !r.Certificate.Trusted {
				t.Errorf("pinned: %+v, %+v, want it trusted", r, r.Certificate)
			}
			if r = ask(system, func(d *localapi.Draft) { set(d, strings.Repeat("0", 64), "") }); r.OK || r.Certificate.Why != localapi.CertificateOther {
				t.Errorf("with another pinned: %+v, %+v", r, r.Certificate)
			}
			ca := filepath.Join(t.TempDir(), "ca.pem")
			pem := map[string]string{SecretExchange: h.open.Access.Exchange.CA, SecretSevera: h.open.Access.Severa.CA}[system]
			if err := os.WriteFile(ca, []byte(pem), 0o600); err != nil {
				t.Fatal(err)
			}
			if r = ask(system, func(d *localapi.Draft) { set(d, "", ca) }); !r.OK || !r.Certificate.Trusted {
				t.Errorf("with the authority: %+v, %+v, want it trusted", r, r.Certificate)
			}
		})
	}
}

// TestSetSecret_ResumesEverybody: a refused password is the office's one
// trouble, and the right one ends it without a restart.
func TestSetSecret_ResumesEverybody(t *testing.T) {
	h := newHouse(t, false)
	ctx := t.Context()
	d := h.draft()
	d.People.Everyone = true
	if _, err := h.agent.SaveSetup(ctx, d); err != nil {
		t.Fatal(err)
	}
	set := func(system string, text localapi.Secret) {
		t.Helper()
		if err := h.agent.SetSecret(ctx, localapi.SecretRequest{System: system, Secret: text}); err != nil {
			t.Fatal(err)
		}
	}
	for system, text := range h.secrets() {
		set(system, text)
	}
	if _, err := h.agent.Sync(ctx, localapi.SyncRequest{ApproveFirst: true}); err != nil {
		t.Fatal(err)
	}
	failed := func() (kinds []string) {
		t.Helper()
		s, err := h.agent.Sync(ctx, localapi.SyncRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.People {
			if p.Trouble != nil {
				kinds = append(kinds, p.Trouble.Kind)
			}
		}
		return kinds
	}
	set(SecretExchange, "wrong")
	if got := failed(); len(got) != 3 || got[0] != "auth" {
		t.Fatalf("with a wrong password: %v, want everybody refused", got)
	}
	set(SecretExchange, h.secrets()[SecretExchange])
	if got := failed(); len(got) != 0 {
		t.Errorf("with the right password: %v, want nobody refused", got)
	}
}

func TestMatches_TellsWhoIsMissingWhere(t *testing.T) {
	h := newHouse(t, false)
	ctx := t.Context()
	for system, text := range h.secrets() {
		if err := h.agent.SetSecret(ctx, localapi.SecretRequest{System: system, Secret: text}); err != nil {
			t.Fatal(err)
		}
	}
	d := h.draft()
	d.Aliases = map[string]string{h.open.People[0].Email: h.open.People[1].Email}
	d.Person = []localapi.DraftPerson{
		{Severa: "gone@office.test", Exchange: h.open.People[2].Email, Name: "Two Names"},
		{Severa: "ghost@office.test", Name: "Ghost"},
	}
	if _, err := h.agent.SaveSetup(ctx, d); err != nil {
		t.Fatal(err)
	}
	if _, err := h.agent.OptOut(ctx, h.open.People[2].Email, true, "test"); err != nil {
		t.Fatal(err)
	}
	ms, err := h.agent.Matches(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]localapi.MatchState{}
	for _, m := range ms {
		got[m.Name] = m.State
	}
	if got["Ghost"] != localapi.MatchNowhere || got[h.open.People[2].Name()] != localapi.MatchOptedOut || len(ms) != 4 {
		t.Errorf("matches = %+v", ms)
	}
	if box := ms[0].Addresses[event.Exchange.String()]; ms[0].Name != h.open.People[0].Name() || box != h.open.People[1].Email {
		t.Errorf("match = %+v, want the mailbox of the alias", ms[0])
	}
}

// TestSetter_ChangesNothingThatAPolicyFixes: a form shows it as locked, and what
// was stored comes back when the policy is gone.
func TestSetter_ChangesNothingThatAPolicyFixes(t *testing.T) {
	h := ruledHouse(t, false, func() (policy.Set, error) {
		l, err := policy.Parse(policy.Machine, "/etc/lockstep/policy.toml", []byte("[rules]\nwinner = \"severa\"\n"))
		return policy.Resolve(l), err
	})
	ctx := t.Context()
	s, err := h.agent.Setup(ctx)
	if err != nil || s.Draft.Rules.Winner != "severa" || !strings.Contains(s.Locked["rules.winner"], "/etc/lockstep/policy.toml") || len(s.Locked) != 1 {
		t.Fatalf("setup = %+v, %v, want the winner fixed", s, err)
	}
	d := h.draft()
	d.Rules.Winner = "exchange"
	_, err = h.agent.SaveSetup(ctx, d)
	if e, ok := errors.AsType[*localapi.Error](err); !ok || len(e.Fields) != 1 || e.Fields[0].Code != localapi.FieldLocked || e.Fields[0].Key != "rules.winner" {
		t.Errorf("error = %v, want the locked field", err)
	}
	if _, err := h.agent.CheckSetup(ctx, localapi.CheckRequest{Draft: d, Keep: true, Page: "rules"}); err != nil {
		t.Fatal(err)
	}
	if s, err = h.agent.Setup(ctx); err != nil || !s.Kept || s.Draft.Rules.Winner != "severa" {
		t.Errorf("kept draft = %+v, %v, want the policy's winner in it", s.Draft.Rules, err)
	}
	if s, err = h.agent.SaveSetup(ctx, s.Draft); err != nil || s.Draft.Rules.Winner != "severa" {
		t.Errorf("saved = %+v, %v", s.Draft.Rules, err)
	}
	stored, err := h.site.Store.Settings(ctx)
	if err != nil || stored.Rules.Winner != plan.ByField {
		t.Errorf("stored %v, %v, want the office's own word", stored.Rules.Winner, err)
	}
}

// TestSaveSetup_LetsARunningOfficeGoOn: what a form changes takes effect without
// a restart, and nobody has to ask for people to be looked up.
func TestSaveSetup_LetsARunningOfficeGoOn(t *testing.T) {
	h := newHouse(t, false)
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- h.site.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
	}()
	until := func(what string, done func(office.Status) bool) {
		t.Helper()
		for seq := uint64(0); ; {
			wait, cancel := context.WithTimeout(t.Context(), time.Minute)
			s, err := h.agent.Status(wait, seq)
			cancel()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if seq = s.Seq; done(s) {
				return
			}
		}
	}
	for system, text := range h.secrets() {
		if err := h.agent.SetSecret(ctx, localapi.SecretRequest{System: system, Secret: text}); err != nil {
			t.Fatal(err)
		}
	}
	d := h.draft()
	d.People.Everyone = true
	if _, err := h.agent.SaveSetup(ctx, d); err != nil {
		t.Fatal(err)
	}
	planned := func(s office.Status) bool {
		return len(s.People) == 3 && !slices.ContainsFunc(s.People, func(p office.PersonStatus) bool { return !p.Unapproved })
	}
	until("everybody is found and planned for", planned)
	s, err := h.agent.Setup(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Draft.Rules.DaysAhead = 60
	if _, err := h.agent.SaveSetup(ctx, s.Draft); err != nil {
		t.Fatal(err)
	}
	people, err := h.site.Store.People(ctx)
	if err != nil || len(people) != 3 {
		t.Fatalf("people = %+v, %v", people, err)
	}
	for _, p := range people {
		if p.Accounts[event.Business] == "" || p.Accounts[event.Exchange] == "" || !p.Enabled {
			t.Errorf("%+v has to be looked up again, want accounts kept where the connections stay", p)
		}
	}
}
