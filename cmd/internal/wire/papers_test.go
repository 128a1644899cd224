package wire

import (
	"bytes"
	"strings"
	"testing"

	"lockstep/cmd/internal/diagnostics"
	"lockstep/sync/localapi"
)

// bundleOf unpacks diagnostics.
func bundleOf(t *testing.T, h house) map[string]string {
	t.Helper()
	d, err := h.agent.Diagnostics(t.Context(), localapi.DiagnosticsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := diagnostics.Unzip(d.Zip)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.Content)
	}
	return out
}

// TestPapers_TellHowFarASetupIs: in the middle of the setup, when nothing has
// taken effect, both papers are made of what was filled in and tried.
func TestPapers_TellHowFarASetupIs(t *testing.T) {
	h := newHouse(t, false)
	ctx := t.Context()
	if _, err := h.agent.Handover(ctx); !isCode(err, localapi.CodeNotSetUp) {
		t.Errorf("a sheet of nothing: %v, want %s", err, localapi.CodeNotSetUp)
	}
	if got := bundleOf(t, h)["setup.json"]; !strings.Contains(got, `"nothing_in_effect": true`) {
		t.Errorf("setup.json of nothing = %s", got)
	}
	d := h.draft()
	d.Severa.ClientID = ""
	d.Exchange.Group, d.Exchange.OABURL = "Pilot", "https://mail.example.com/OAB/1/"
	anna := h.open.People[0].Email
	d.Person = []localapi.DraftPerson{{Exchange: anna}}
	if _, err := h.agent.CheckSetup(ctx, localapi.CheckRequest{Draft: d, Keep: true, Page: "exchange"}); err != nil {
		t.Fatal(err)
	}
	secret := h.secrets()[SecretExchange]
	r, err := h.agent.TestConnection(ctx, localapi.TestRequest{Draft: d, System: SecretExchange, Secret: secret, Mailbox: anna})
	if err != nil || !r.OK {
		t.Fatalf("test = %+v, %v", r, err)
	}
	s, err := h.agent.Handover(ctx)
	if err != nil {
		t.Fatal(err)
	}
	x := s.Exchange
	if !s.Draft || x.URL != d.Exchange.URL || x.Group != "Pilot" || x.OABURL != d.Exchange.OABURL || x.Account == "" || s.Business.Account != "" {
		t.Errorf("sheet = %+v, want what was filled in and nothing else", s)
	}
	if !strings.HasPrefix(x.Product, "Exchange ") || x.Build != r.Version || x.Tested.IsZero() || !x.TestOK || x.TestedWith != anna || !x.TestedWithOK {
		t.Errorf("exchange = %+v, want what the test has shown", x)
	}
	if !s.Business.Tested.IsZero() || len(s.People) != 1 || s.People[0].Address != anna {
		t.Errorf("sheet = %+v, want an untested Severa and the one person who is named", s)
	}
	if s.Rights == nil || !strings.Contains(s.Rights.Text, "'Pilot'") || strings.Contains(s.Rights.Text, anna) {
		t.Errorf("rights = %+v, want the script for the group", s.Rights)
	}
	files := bundleOf(t, h)
	for _, want := range []string{`"page": "exchange"`, `"severa.client_id": "missing"`, `"acted_for_a_mailbox": true`} {
		if !strings.Contains(files["setup.json"], want) {
			t.Errorf("setup.json does not say %s: %s", want, files["setup.json"])
		}
	}
	if !strings.Contains(files["settings.json"], `"group_named": true`) || !strings.Contains(files["settings.json"], d.Exchange.OABURL) {
		t.Errorf("settings.json does not tell the draft: %s", files["settings.json"])
	}
	for name, text := range files {
		for what, never := range map[string]string{
			"the password": string(secret), "the account": d.Exchange.User, "an address": anna, "the group": "Pilot",
		} {
			if bytes.Contains(bytes.ToLower([]byte(text)), bytes.ToLower([]byte(never))) {
				t.Errorf("%s holds %s", name, what)
			}
		}
	}
	other := d
	other.Exchange.URL = "https://other.example.com/EWS/Exchange.asmx"
	if _, err := h.agent.CheckSetup(ctx, localapi.CheckRequest{Draft: other, Keep: true, Page: "exchange"}); err != nil {
		t.Fatal(err)
	}
	if s, err = h.agent.Handover(ctx); err != nil || !s.Exchange.Tested.IsZero() || s.Exchange.Product != "" {
		t.Errorf("exchange = %+v, %v, want nothing of another server's test", s.Exchange, err)
	}
}

// TestHandover_NamesGroupAndAddressBookOnceInEffect takes them from the settings.
func TestHandover_NamesGroupAndAddressBookOnceInEffect(t *testing.T) {
	h := newHouse(t, false)
	d := h.draft()
	d.Exchange.Version, d.Exchange.Group, d.Exchange.OABURL = "2016", "Pilot", "https://mail.example.com/OAB/1/"
	if _, err := h.agent.SaveSetup(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	s, err := h.agent.Handover(t.Context())
	if err != nil || s.Draft || s.Exchange.Group != "Pilot" || s.Exchange.OABURL != d.Exchange.OABURL {
		t.Errorf("sheet = %+v, %v", s, err)
	}
	if s.Rights == nil || !strings.Contains(s.Rights.Text, "'Pilot'") {
		t.Errorf("rights = %+v, want the script for the group", s.Rights)
	}
	again, err := h.agent.Setup(t.Context())
	if err != nil || again.Draft.Exchange.Group != "Pilot" || again.Draft.Exchange.OABURL != d.Exchange.OABURL {
		t.Errorf("draft = %+v, %v, want both back", again.Draft.Exchange, err)
	}
}
