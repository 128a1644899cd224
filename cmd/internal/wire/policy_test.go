package wire

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/policy"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const plainOffice = `
zone = "Europe/Helsinki"
[exchange]
url = "https://mail.example.com/EWS/Exchange.asmx"
user = "svc"
[severa]
client_id = "client"
[[person]]
severa = "anna@example.com"
`

func policies(t *testing.T, text string) policy.Set {
	t.Helper()
	l, err := policy.Parse(policy.Machine, "the policy", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return policy.Resolve(l)
}

// sample is a value for each key that is not its default.
func sampleOf(t *testing.T, k policy.Key) any {
	t.Helper()
	special := map[string]any{
		"zone": "Europe/Berlin", "exchange.url": "https://other.example.com/", "severa.url": "https://other.example.com/",
		"updates.url": "https://other.example.com/", "exchange.oab_url": "https://other.example.com/", "rules.every": "45s", "rules.promise": "20m", "filter.show_as": []string{"free"},
		"exchange.pin_sha256": strings.Repeat("ab", 32), "severa.pin_sha256": strings.Repeat("ab", 32),
		"network.proxy": "pac+http://proxy.example.com/proxy.pac",
	}
	if v, ok := special[k.Name]; ok {
		return v
	}
	if strings.HasSuffix(k.Name, "ca_file") {
		path := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(path, []byte("-----BEGIN CERTIFICATE-----\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	switch {
	case k.Choices != nil:
		return k.Choices[len(k.Choices)-1]
	case k.Kind == policy.Switch:
		return true
	case k.Kind == policy.Number:
		return int64(3)
	case k.Kind == policy.List:
		return []string{"home"}
	}
	return "something"
}

// TestPolicy_ReachesTheSettingItNames holds each key against an office.toml that says the same.
func TestPolicy_ReachesTheSettingItNames(t *testing.T) {
	for _, k := range policy.Keys() {
		t.Run(k.Name, func(t *testing.T) {
			if copies()[k.Name] == nil || kinds()[k.Name] == "" {
				t.Fatal("the key is not known everywhere: policy.Keys, copies and kinds must agree")
			}
			v := sampleOf(t, k)
			set := policy.Resolve(policy.Layer{Where: "x", Values: map[string]any{k.Name: v}})
			x, err := fix(set)
			if k.Name == "updates.check" { // asks for an address besides, which is another key's trouble
				set = policy.Resolve(policy.Layer{Where: "x", Values: map[string]any{k.Name: v, "updates.url": "https://u.example.com/"}})
				x, err = fix(set)
			}
			if k.Name == "network.proxy_user" { // belongs to a proxy
				set = policy.Resolve(policy.Layer{Where: "x", Values: map[string]any{k.Name: v, "network.proxy": "http://p.example.com:8080"}})
				x, err = fix(set)
			}
			if err != nil {
				t.Fatal(err)
			}
			var zero state.Settings
			if reflect.DeepEqual(x.over(zero), zero) {
				t.Fatal("the policy changes nothing")
			}
			f, err := ParseOffice([]byte(plainOffice))
			if err != nil {
				t.Fatal(err)
			}
			before, _, err := f.Settings("/")
			if err != nil {
				t.Fatal(err)
			}
			p, err := x.plan(f, "/")
			if k.Name == "zone" || k.Name == "exchange.url" || k.Name == "exchange.user" || k.Name == "severa.client_id" {
				if bad, ok := errors.AsType[*FileError](err); !ok || bad.Problems[0].Key != k.Name || bad.Problems[0].Line == 0 {
					t.Fatalf("a file that says otherwise: %v, want a refusal of %s with its line", err, k.Name)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := set.TOML()
			if err != nil {
				t.Fatal(err)
			}
			both, err := f.with(text)
			if err != nil {
				t.Fatal(err)
			}
			want, _, err := both.Settings("/")
			if err != nil {
				t.Fatal(err)
			}
			want.RulesMark, p.holds.RulesMark, before.RulesMark, p.stores.RulesMark = "", "", "", ""
			if got := p.holds; !reflect.DeepEqual(got, want) {
				t.Errorf("holds = %+v, want %+v", got, want)
			}
			if got := x.over(before); !reflect.DeepEqual(got, want) {
				t.Errorf("over = %+v, want %+v", got, want)
			}
			if !reflect.DeepEqual(p.stores, before) {
				t.Errorf("stored = %+v, want what the file says: %+v", p.stores, before)
			}
			shown, err := Holdings(policy.Set{}, x.values)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range shown {
				if h.Key == k.Name && (h.From != FromSettings || h.Value != words(v)) {
					t.Errorf("shown as %q from %q, want %q from settings", h.Value, h.From, words(v))
				}
			}
		})
	}
}

func TestPolicy_RefusesAChangeAndKeepsTheOfficesOwn(t *testing.T) {
	home, ring := filepath.Join(t.TempDir(), "home"), secret.NewMemory()
	openWith := func(text string) *Site {
		t.Helper()
		s, err := Open(t.Context(), Options{Home: home, Now: time.Now, Ring: ring, Policies: func() (policy.Set, error) { return policies(t, text), nil }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	f, err := ParseOffice([]byte(plainOffice + "[rules]\nwinner = \"exchange\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := openWith("")
	if _, err := s.Setup(t.Context(), f, "/"); err != nil {
		t.Fatal(err)
	}
	reviewed := func(s *Site) bool {
		t.Helper()
		people, err := s.Store.People(t.Context())
		if err != nil || len(people) != 1 {
			t.Fatal(people, err)
		}
		was := people[0].Review
		people[0].Review = false
		if err := s.book.SavePeople(t.Context(), people); err != nil {
			t.Fatal(err)
		}
		return was
	}
	reviewed(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openWith("[rules]\nwinner = \"severa\"\n")
	if !reviewed(s) {
		t.Error("a policy that changes a rule is not shown before it is followed")
	}
	got, err := s.Settings(t.Context())
	if err != nil || got.Rules.Winner != plan.BusinessWins {
		t.Errorf("winner = %v, %v; want the policy's", got.Rules.Winner, err)
	}
	st, err := s.Agent().Status(t.Context(), 0)
	if err != nil || len(st.Locked) != 1 || st.Locked[0].Key != "rules.winner" || st.Locked[0].Where != "the policy" {
		t.Errorf("status tells %+v, %v; want the locked rule and why", st.Locked, err)
	}
	got.Rules.Winner, got.Rules.DaysAhead = plan.AskAlways, 9
	if e, ok := errors.AsType[*localapi.Error](s.book.SaveSettings(t.Context(), got)); !ok || e.Code != localapi.CodeLocked {
		t.Errorf("a change of a locked rule: %v, want it refused", e)
	}
	got.Rules.Winner = plan.BusinessWins
	if err := s.book.SaveSettings(t.Context(), got); err != nil {
		t.Errorf("a change of another rule: %v", err)
	}
	if _, err := s.Setup(t.Context(), f, "/"); err == nil {
		t.Error("a file that says otherwise than the policy was taken")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openWith("[rules]\nwinner = \"severa\"\n")
	if reviewed(s) {
		t.Error("the same policy asks again")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openWith("")
	got, err = s.Settings(t.Context())
	if err != nil || got.Rules.Winner != plan.ExchangeWins || got.Rules.DaysAhead != 9 {
		t.Errorf("without the policy: %+v, %v; want the office's own rules", got.Rules, err)
	}
	if !reviewed(s) {
		t.Error("the end of a policy is not shown before it is followed")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPolicy_FixesTheDirectionOfEverybody(t *testing.T) {
	x, err := fix(policies(t, "[rules]\ndirection = \"collect\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := ParseOffice([]byte(plainOffice + "direction = \"two_way\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.plan(f, "/"); err == nil || !strings.Contains(err.Error(), "person.direction") {
		t.Errorf("somebody's own direction: %v, want it refused", err)
	}
}

func TestPolicy_GivesAnOfficeItsConnection(t *testing.T) {
	set := policies(t, "[exchange]\nurl = \"https://mail.example.com/EWS/Exchange.asmx\"\nuser = \"svc\"\n[severa]\nclient_id = \"client\"\n")
	f, err := ParseOffice([]byte("zone = \"Europe/Helsinki\"\n[people]\neveryone = true\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckOffice(f, "/", policy.Set{}); err == nil {
		t.Error("a file without connections was taken")
	}
	if err := CheckOffice(f, "/", set); err != nil {
		t.Errorf("a file whose connections the policy names: %v", err)
	}
}

func TestPolicy_ThatMakesNoSenseStopsEverything(t *testing.T) {
	for text, want := range map[string]string{
		"zone = \"Nowhere/At all\"":                      "there is no such time zone",
		"[rules]\nevery = \"often\"":                     "rules.every",
		"[exchange]\nurl = \"http://mail.example.com/\"": "http would show the secret",
	} {
		set := policies(t, text)
		_, err := Open(t.Context(), Options{Home: t.TempDir(), Now: time.Now, Ring: secret.NewMemory(), Policies: func() (policy.Set, error) { return set, nil }})
		if bad, ok := errors.AsType[*policy.Error](err); !ok || !strings.Contains(bad.Error(), want) {
			t.Errorf("%q: %v, want a policy error with %q", text, err, want)
		}
	}
}
