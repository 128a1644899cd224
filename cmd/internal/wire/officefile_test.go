package wire

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const whole = `
zone = "Europe/Helsinki"
[exchange]
url = "https://mail.example.com/EWS/Exchange.asmx"
domain = "OFFICE"
user = "svc"
auth = "basic"
access = "delegate"
version = "2013"
ca_file = "ca.pem"
pin_sha256 = "AB:CD:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:01"
legacy_tls = true
[severa]
client_id = "client"
[people]
everyone = true
[[person]]
severa = "Anna@Example.com"
exchange = "anna.virtanen@example.com"
name = "Anna Virtanen"
zone = "Europe/Berlin"
[[person]]
severa = "bert@example.com"
direction = "two_way"
[rules]
winner = "severa"
direction = "publish"
deleted = "keep_changed"
types = ["Meeting"]
days_back = 40
days_ahead = 90
every = "5m"
[rules.limits]
delete_run = 9
[rules.fields]
notes = "collect"
location = "two_way"
[private]
to_severa = "busy_only"
to_exchange = "not_at_all"
[filter]
categories = ["Home "]
only_categories = ["Work"]
show_as = ["free", "elsewhere"]
all_day = true
subjects = ["Lunch*"]
`

func TestSettings_HoldWhatTheFileSays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("-----BEGIN CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := ParseOffice([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	got, people, err := f.Settings(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := state.Settings{
		Office: got.Office, Zone: "Europe/Helsinki", EveryoneWhoMatches: true,
		Connections: [2]state.Connection{
			event.Business: {System: "severa", URL: DefaultSeveraURL, Account: "client"},
			event.Exchange: {
				System: "exchange", URL: "https://mail.example.com/EWS/Exchange.asmx", Account: "svc", Domain: "OFFICE", Auth: "basic",
				Access: "delegate", Version: "2013", CAFile: filepath.Join(dir, "ca.pem"),
				PinSHA256: "abcd" + strings.Repeat("0", 58) + "01", LegacyTLS: true,
			},
		},
		Rules: state.Rules{
			Winner: plan.BusinessWins, Direction: plan.Publish, Deleted: plan.KeepChanged, Types: []string{"Meeting"},
			DaysBack: new(40), DaysAhead: 90, Every: 5 * time.Minute, Limits: plan.Limits{DeleteRun: 9},
			Fields:  map[event.FieldSet]plan.Direction{event.FieldNotes: plan.Collect},
			Private: [2]plan.Privacy{event.Business: plan.PrivateNot, event.Exchange: plan.PrivateBusyOnly},
			In: plan.Filter{
				Categories: []string{"home"}, Only: []string{"work"}, ShowAs: []event.ShowAs{event.ShowFree, event.ShowElsewhere},
				AllDay: true, Subjects: []string{"lunch*"},
			},
		},
		RulesMark: got.RulesMark,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got)\n%s", diff)
	}
	if len(people) != 2 || people[0].Addresses != [2]string{"anna@example.com", "anna.virtanen@example.com"} ||
		people[1].Addresses != [2]string{"bert@example.com", "bert@example.com"} || !people[0].Enabled || people[0].Zone != "Europe/Berlin" ||
		people[0].Own.HasDirection || people[1].Own != (state.OwnRules{HasDirection: true, Direction: plan.TwoWay}) {
		t.Errorf("people = %+v", people)
	}
}

func TestSettings_NameTheSameOfficeAfterANewInstallation(t *testing.T) {
	id := func(text string) string {
		f, err := ParseOffice([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f.officeID()
	}
	a := id("[severa]\nclient_id = \"one\"")
	if b := id("zone = \"UTC\"\n[severa]\nclient_id = \"one\"\nurl = \"https://other.example\""); a != b {
		t.Errorf("the same client is %s and %s", a, b)
	}
	if b := id("[severa]\nclient_id = \"two\""); a == b {
		t.Errorf("another client is %s too", b)
	}
	if b, c := id("office = \"hq\"\n[severa]\nclient_id = \"one\""), id("office = \"hq\"\n[severa]\nclient_id = \"two\""); b != c || b == a {
		t.Errorf("a named office is %s and %s, an unnamed one %s", b, c, a)
	}
}

func TestParseOffice_RefusesSecretsInEveryShape(t *testing.T) {
	for _, text := range []string{
		"[exchange]\npassword = \"hunter2\"",
		"[exchange]\nPassWord = \"hunter2\"",
		"exchange.password = \"hunter2\"",
		"exchange = {user = \"svc\", password = \"hunter2\"}",
		"[severa]\nclient_secret = \"hunter2\"",
		"client_secret = \"hunter2\"",
		"[severa]\naccess_token = \"hunter2\"",
		"[exchange]\n\"pass\\u0077ord\" = \"hunter2\"",
	} {
		_, err := ParseOffice([]byte(text))
		e, ok := errors.AsType[*FileError](err)
		if !ok || e.Problems[0].Line == 0 {
			t.Errorf("%q: error = %v, want a line", text, err)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error shows the secret: %v", text, err)
		}
	}
}

func TestParseOffice_NeverShowsAValue(t *testing.T) {
	for _, text := range []string{
		"zone = \"hunter2\"", "[exchange]\nurl = \"https://svc:hunter2@mail.example.com\"", "[exchange]\nauth = \"hunter2\"",
		"[exchange]\npin_sha256 = \"hunter2\"", "[rules]\nevery = \"hunter2\"", "[rules]\ndays_back = \"hunter2\"", "hunter2", "x = hunter2",
	} {
		f, err := ParseOffice([]byte(text))
		if err == nil {
			_, _, err = f.Settings(t.TempDir())
		}
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: error = %v, want one that does not quote", text, err)
		}
	}
}

func FuzzParseOffice(f *testing.F) {
	f.Add(whole)
	f.Add("[[person]]\nsevera = 3")
	f.Add("a = {b = [{c = \"\\u0000\"}]}")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		file, err := ParseOffice([]byte(text))
		if err == nil {
			_, _, err = file.Settings(dir)
		}
		if err == nil {
			return
		}
		e, ok := errors.AsType[*FileError](err)
		if !ok || len(e.Problems) == 0 {
			t.Fatalf("error = %v, want a *FileError that names a problem", err)
		}
		for _, p := range e.Problems {
			if p.Say == "" || p.Line < 0 || p.Line > strings.Count(text, "\n")+1 {
				t.Errorf("problem = %+v", p)
			}
		}
	})
}
