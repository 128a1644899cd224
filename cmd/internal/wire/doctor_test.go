package wire_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/severasim"
	"lockstep/ui/model"
)

// leaf is the fingerprint of the certificate that the simulated Exchange shows.
func leaf(t *testing.T, o *surgeryOffice) string {
	u, err := url.Parse(o.xrun.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sum := sha256.Sum256(c.(*tls.Conn).ConnectionState().PeerCertificates[0].Raw)
	return hex.EncodeToString(sum[:])
}

func TestDoctor_FindsNothingInAHealthyOffice(t *testing.T) {
	for name, f := range map[string]fault{
		"as it usually is": {},
		"on Exchange 2007's successors by Basic alone": {
			before: xopts(func(x *ewssim.Options) { x.Auth = ewssim.AuthBasic }), running: lines1(`auth = "basic"`),
		},
		"with Extended Protection required": {before: xopts(func(x *ewssim.Options) { x.RequireBinding = true })},
		"with a certificate that vouches for itself and is trusted by its fingerprint": {
			before:  xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertSelfSigned }),
			running: func(t *testing.T, o *surgeryOffice) { o.exchangeLines = "pin_sha256 = \"" + leaf(t, o) + "\"\n" },
		},
		"with a delegate": {running: func(t *testing.T, o *surgeryOffice) {
			o.exchangeLines += "access = \"delegate\"\n"
			if err := o.exchange.Share(anna, "", account, ewssim.RightEdit); err != nil {
				t.Fatal(err)
			}
		}},
		"through a proxy": {running: func(t *testing.T, o *surgeryOffice) {
			o.network = "[network]\nproxy = \"" + leadsTo(t, o.url, "mail.office.test") + "\"\nno_proxy = [\"127.0.0.1\"]\n"
			o.url = "https://mail.office.test/EWS/Exchange.asmx"
		}},
		"through a proxy with a sign-in": {running: func(t *testing.T, o *surgeryOffice) {
			proxy := guarded(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("out:geheim ü")), o.url, "mail.office.test")
			o.network = "[network]\nproxy = \"" + proxy + "\"\nproxy_user = \"out\"\nno_proxy = [\"127.0.0.1\"]\n"
			o.url, o.proxyPass = "https://mail.office.test/EWS/Exchange.asmx", "geheim ü"
		}},
		"through a proxy with a sign-in by NTLM": {running: func(t *testing.T, o *surgeryOffice) {
			proxy := byNTLM(t, "out", "geheim ü", o.url, "mail.office.test")
			o.network = "[network]\nproxy = \"" + proxy + "\"\nproxy_user = \"OFFICE\\\\out\"\nno_proxy = [\"127.0.0.1\"]\n"
			o.url, o.proxyPass = "https://mail.office.test/EWS/Exchange.asmx", "geheim ü"
		}},
		"with a person of whom only reading is wanted": {running: func(t *testing.T, o *surgeryOffice) {
			o.exchangeLines += "access = \"delegate\"\n"
			o.people = "[[person]]\nsevera = \"" + anna + "\"\ndirection = \"collect\"\n"
			if err := o.exchange.Share(anna, "", account, ewssim.RightRead); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o surgeryOffice
			o.open(t, f.before, f.running)
			r := o.examine(t, localapi.DoctorRequest{})
			if l, bad := r.First(); bad {
				t.Errorf("first line: %s %s %s\n%s", l.State, l.Check, l.Cause, lines(r))
			}
			if len(r.People) != 1 || r.People[0].Outcome != doctor.OutcomeSuccess {
				t.Errorf("people: %+v", r.People)
			}
		})
	}
}

// testEntries counts the entries that an examination makes.
func testEntries(t *testing.T, o *surgeryOffice) int {
	t.Helper()
	items, err := o.exchange.Items(anna, "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, it := range items {
		if strings.Contains(it.Subject, "Lockstep") {
			n++
		}
	}
	return n
}

func TestDoctor_RemovesATestEntryThatWasLeftBehind(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, codes("DeleteItem", "ErrorCannotDeleteObject"))
	o.examine(t, localapi.DoctorRequest{})
	if n := testEntries(t, &o); n != 1 {
		t.Fatalf("%d test entries are there, want the one that could not be removed", n)
	}
	// One that a person has made his own stays, though it bears the mark.
	at := time.Now().Add(48 * time.Hour)
	if _, err := o.exchange.Put(anna, "", ewssim.Item{
		Subject: "Lockstep: a test entry. It may be deleted.", Start: at, End: at.Add(time.Hour), Ext: []ewssim.Ext{mark(ownSet, "LockstepTest", "1")},
	}); err != nil {
		t.Fatal(err)
	}
	o.exchange.Break(ewssim.Broken{})
	r := o.examine(t, localapi.DoctorRequest{})
	if n := testEntries(t, &o); n != 1 {
		t.Errorf("%d test entries are there, want the person's own\n%s", n, lines(r))
	}
}

func TestDoctor_RemovesItsTestEntryWhenItIsEnded(t *testing.T) {
	var o surgeryOffice
	o.open(t, xopts(func(x *ewssim.Options) {
		x.Faults = script("op = \"GetItem\"\nkind = \"slow\"\ndelay = \"20s\"")
	}), nil)
	agent := o.site.Agent()
	r, err := agent.Doctor(t.Context(), localapi.DoctorRequest{Begin: true})
	for err == nil && r.Doing != doctor.CheckProperty {
		r, err = agent.Doctor(t.Context(), localapi.DoctorRequest{After: r.Seq})
	}
	if err != nil {
		t.Fatal(err)
	}
	if n := testEntries(t, &o); n != 1 {
		t.Fatalf("%d test entries are there, want the one that is being read", n)
	}
	o.site.EndDoctor()
	if n := testEntries(t, &o); n != 0 {
		t.Errorf("%d test entries are left", n)
	}
	r, err = agent.Doctor(t.Context(), localapi.DoctorRequest{})
	if err != nil || r.Running {
		t.Errorf("it is running still: %+v, %v", r, err)
	}
}

func TestDoctor_KeepsWhatItFoundAndWhoApproved(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	o.examine(t, localapi.DoctorRequest{Who: []string{bert}, Enable: true, By: "tester"})
	o.examine(t, localapi.DoctorRequest{Who: []string{anna}})
	text, err := os.ReadFile(filepath.Join(o.site.Home, "doctor.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r doctor.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	got := map[string]doctor.Outcome{}
	for _, p := range r.People {
		got[p.Address] = p.Outcome
		if p.At.IsZero() {
			t.Errorf("nobody knows when %s was examined", p.Address)
		}
	}
	if got[anna] != doctor.OutcomeSuccess || got[bert] != doctor.OutcomeSuccess {
		t.Errorf("outcomes: %v", got)
	}
	people, err := o.site.Agent().People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.Address == bert && (!p.Enabled || p.SwitchedBy != "tester") {
			t.Errorf("who passed was not switched on in the name of who asked: %+v", p)
		}
	}
}

func TestDoctor_TellsWhetherTheScopeIsTooWide(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	r := o.examine(t, localapi.DoctorRequest{Who: []string{anna}, Outside: []string{bert}})
	if l, _ := r.First(); l.Cause != doctor.CauseTooWide || l.Person != bert {
		t.Errorf("first line: %s %s of %s\n%s", l.State, l.Cause, l.Person, lines(r))
	}
	o.exchange.AllowImpersonation(account, anna)
	r = o.examine(t, localapi.DoctorRequest{Who: []string{anna}, Outside: []string{bert}, Enable: true, By: "tester"})
	if l, bad := r.First(); bad {
		t.Errorf("first line: %s %s of %s\n%s", l.State, l.Cause, l.Person, lines(r))
	}
	r = o.examine(t, localapi.DoctorRequest{OfficeOnly: true, Outside: []string{"nobody@office.test"}})
	if l, _ := r.First(); l.Cause != doctor.CauseNoMailbox || l.Person != "nobody@office.test" {
		t.Errorf("an address that does not exist proves the limit: %s %s of %s\n%s", l.State, l.Cause, l.Person, lines(r))
	}
	r = o.examine(t, localapi.DoctorRequest{Who: []string{anna}, Outside: []string{bert}, Enable: true, By: "tester"})
	for _, p := range r.People {
		if p.Address == "nobody@office.test" {
			continue
		}
		if p.Outside != (p.Address == bert) {
			t.Errorf("%s is told to be outside: %v", p.Address, p.Outside)
		}
		if p.Address == bert && (p.Enabled || len(p.Results) != 1) {
			t.Errorf("who is outside was examined or switched on: %+v", p)
		}
	}
}

// TestDoctor_KeepsWhyAPersonFailed: when others are examined his lines go, and
// what failed stays.
func TestDoctor_KeepsWhyAPersonFailed(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	o.exchange.AllowImpersonation(account, anna)
	o.examine(t, localapi.DoctorRequest{Who: []string{bert}})
	r := o.examine(t, localapi.DoctorRequest{Who: []string{anna}})
	for _, p := range r.People {
		switch {
		case p.Address == anna && p.Alert != nil:
			t.Errorf("who passed has an alert: %+v", *p.Alert)
		case p.Address == bert && (p.Outcome != doctor.OutcomeFailure || p.Alert == nil || p.Alert.Check != doctor.CheckImpersonation || p.Results != nil):
			t.Errorf("of who failed before is left %+v", p)
		}
	}
	if len(r.People) != 2 {
		t.Errorf("knows %d people, want 2", len(r.People))
	}
}

// TestDoctor_ProvesWhatOnlyALiveServerCanTell: on the test entry it tries what
// the simulated servers are only believed to do as real ones.
func TestDoctor_ProvesWhatOnlyALiveServerCanTell(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	r := o.examine(t, localapi.DoctorRequest{})
	for _, l := range r.Lines() {
		if l.Check != doctor.CheckProperty {
			continue
		}
		for name, want := range map[string]string{"search_by_mark": "found", "absent_mark_taken_off": "no error", "old_change_key": "refused"} {
			if got := l.Fact(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		return
	}
	t.Error("the mark was not examined")
}

func TestDoctor_FindsTheServerWhereTheAddressIsWrong(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, func(t *testing.T, o *surgeryOffice) {
		o.network = "[network]\nproxy = \"" + leadsTo(t, o.url, "mail.office.test", "autodiscover.office.test") + "\"\nno_proxy = [\"127.0.0.1\"]\n"
		o.url = "https://mail.office.test/owa"
	})
	r := o.examine(t, localapi.DoctorRequest{})
	l, _ := r.First()
	const want = "https://mail.office.test/EWS/Exchange.asmx"
	if d := model.Diagnose(l); l.Cause != doctor.CauseNoService || l.Fact("found_url") != want || !strings.Contains(d.Mend, want) {
		t.Errorf("first line: %s %s, found %q, %q\n%s", l.Check, l.Cause, l.Fact("found_url"), d.Mend, lines(r))
	}
}

func TestDoctor_SwitchesNobodyOnWhoFails(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	o.exchange.AllowImpersonation(account, anna)
	r := o.examine(t, localapi.DoctorRequest{Who: []string{bert}, Enable: true, By: "tester"})
	if len(r.People) != 1 || r.People[0].Outcome != doctor.OutcomeFailure || r.People[0].Enabled {
		t.Errorf("people: %+v", r.People)
	}
}

// TestDoctor_TellsNoSecretAndNoCalendarText looks for what was planted in
// everything that an examination leaves.
func TestDoctor_TellsNoSecretAndNoCalendarText(t *testing.T) {
	const canary = "Hautajaiset"
	var o surgeryOffice
	o.open(t, nil, func(t *testing.T, o *surgeryOffice) {
		at := time.Now().Add(24 * time.Hour)
		if _, err := o.exchange.Put(anna, "", ewssim.Item{
			Subject: canary, Location: canary, Body: ewssim.Body{Text: canary}, Start: at, End: at.Add(time.Hour),
			Ext: []ewssim.Ext{mark(publicStrings, "crmorgid", canary), mark(ownSet, "LockstepOffice", canary)},
		}); err != nil {
			t.Fatal(err)
		}
		u, _ := o.severa.UserByEmail(anna)
		if _, err := o.severa.AddActivity(severasim.Activity{
			Name: canary, Start: at, End: at.Add(time.Hour), HasDuration: true, TypeGUID: o.severa.TypeOf(severasim.CalendarEntry), OwnerGUID: u.GUID,
		}); err != nil {
			t.Fatal(err)
		}
	})
	r := o.examine(t, localapi.DoctorRequest{})
	told, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	words, err := json.Marshal(model.Diagnoses(r))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(o.site.Home, "doctor.json"))
	if err != nil {
		t.Fatal(err)
	}
	logged, _ := os.ReadFile(filepath.Join(o.site.Home, "logs", "lockstep.log"))
	for name, text := range map[string][]byte{"the report": told, "the words": words, "the file": kept, "the log": logged} {
		for _, secret := range []string{canary, password, clientSecret} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	if info, err := os.Stat(filepath.Join(o.site.Home, "doctor.json")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the file is for others too: %v, %v", info.Mode(), err)
	}
}

func TestDoctor_NamesTheCertificateToBeTrusted(t *testing.T) {
	var o surgeryOffice
	o.open(t, xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertSelfSigned }), nil)
	r := o.examine(t, localapi.DoctorRequest{OfficeOnly: true})
	l, _ := r.First()
	c := l.Certificate
	if c == nil || c.SHA256 != leaf(t, &o) || !c.SelfSigned || c.Subject != "CN=mail.office.test" || c.Issuer != c.Subject || c.Until.Before(time.Now()) {
		t.Errorf("the certificate of the first line is %+v", c)
	}
}

func TestDoctor_StopsAfterTwoRefusalsForGood(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, file(func(o *surgeryOffice) { o.password = "wrong" }))
	for range 4 {
		o.examine(t, localapi.DoctorRequest{OfficeOnly: true})
	}
	if n := o.exchange.Gate().Refused(account); n != 2 {
		t.Errorf("the password was shown %d times, want 2", n)
	}
	r := o.examine(t, localapi.DoctorRequest{OfficeOnly: true})
	if l, _ := r.First(); l.Cause != doctor.CauseSignInStopped {
		t.Errorf("first line: %s", l.Cause)
	}
}

// Whoever types the refused password once more may know better than the count:
// it is tried exactly once more, be it to keep it or to test it.
func TestSetSecret_TheRefusedPasswordAgain_IsTriedOnceMore(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, file(func(o *surgeryOffice) { o.password = "wrong" }))
	examine := func(what string, want int) {
		t.Helper()
		for range 3 {
			o.examine(t, localapi.DoctorRequest{OfficeOnly: true})
		}
		if n := o.exchange.Gate().Refused(account); n != want {
			t.Errorf("%s: the password was shown %d times, want %d", what, n, want)
		}
	}
	examine("at first", 2)
	agent := o.site.Agent()
	if err := agent.SetSecret(t.Context(), localapi.SecretRequest{System: wire.SecretExchange, Secret: "wrong"}); err != nil {
		t.Fatal(err)
	}
	examine("typed again", 3)
	setup, err := agent.Setup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		typed localapi.Secret
		want  int
	}{{"wrong", 4}, {"", 4}} {
		q := localapi.TestRequest{Draft: setup.Draft, System: wire.SecretExchange, Secret: c.typed}
		if _, err := agent.TestConnection(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		examine(fmt.Sprintf("tested with %q", string(c.typed)), c.want)
	}
	if err := o.site.Retry(t.Context()); err != nil {
		t.Fatal(err)
	}
	examine("all forgotten", 6)
}

// TestDoctor_GoesOnWhenNobodyListens: who asks for an examination may leave.
func TestDoctor_GoesOnWhenNobodyListens(t *testing.T) {
	var o surgeryOffice
	o.open(t, nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := o.site.Agent().Doctor(ctx, localapi.DoctorRequest{Begin: true}); err != nil {
		t.Fatal(err)
	}
	cancel()
	r, err := o.site.Agent().Doctor(t.Context(), localapi.DoctorRequest{})
	for err == nil && r.Running {
		r, err = o.site.Agent().Doctor(t.Context(), localapi.DoctorRequest{After: r.Seq})
	}
	if l, bad := r.First(); err != nil || bad {
		t.Errorf("%v; first line %s %s", err, l.Check, l.Cause)
	}
}
