package model

import (
	"strconv"
	"testing"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// TestChanges tells what differs, in words, and whose setting it is.
func TestChanges(t *testing.T) {
	before := Held{Draft: localapi.Draft{Zone: "UTC", Person: []localapi.DraftPerson{{Severa: "anna@x"}}}}
	if cs := Changes(before, before.Clone()); len(cs) > 0 {
		t.Fatalf("a copy differs in %+v", cs)
	}
	for name, c := range map[string]struct {
		change func(*Held)
		key    string
		prefs  bool
		waits  bool
	}{
		"zone":      {func(h *Held) { h.Draft.Zone = "Europe/Helsinki" }, "zone", false, false},
		"limit":     {func(h *Held) { h.Draft.Rules.Limits.DeleteRun = 7 }, "rules.limits.delete_run", false, false},
		"days":      {func(h *Held) { SetDays(&h.Draft.Rules, "7", "180") }, "rules.days_back", false, true},
		"types":     {func(h *Held) { h.Draft.Rules.Types = []string{"Call"} }, "rules.types", false, true},
		"winner":    {func(h *Held) { h.Draft.Rules.Winner = "ask" }, "rules.winner", false, true},
		"private":   {func(h *Held) { h.Draft.Private.ToSevera = "full" }, "private.to_severa", false, true},
		"field":     {func(h *Held) { SetField(&h.Draft.Rules, "notes", "publish") }, "rules.fields.notes", false, true},
		"person":    {func(h *Held) { h.Draft.Person[0].Direction = "collect" }, "person.anna@x", false, true},
		"filter":    {func(h *Held) { h.Draft.Filter.Subjects = []string{"lunch"} }, "filter.subjects", false, true},
		"proxy":     {func(h *Held) { h.Draft.Network.Proxy = ProxyOf(1, "") }, "network.proxy", false, false},
		"theme":     {func(h *Held) { h.Prefs.Theme = localapi.ThemeDark }, "theme", true, false},
		"quiet":     {func(h *Held) { h.Prefs.Quiet = []string{"behind"} }, "quiet.behind", true, false},
		"autostart": {func(h *Held) { h.Prefs.Autostart = true }, "autostart", true, false},
	} {
		after := before.Clone()
		c.change(&after)
		cs := Changes(before, after)
		if len(cs) != 1 || cs[0].Key != c.key || cs[0].Label == "" || cs[0].From == cs[0].To {
			t.Errorf("%s: changes are %+v", name, cs)
			continue
		}
		if OfPrefs(cs) != c.prefs || OfOffice(cs) == c.prefs {
			t.Errorf("%s is somebody else's setting", name)
		}
		if note := ChangesNote(cs); plansAnew(c.key) != c.waits || note == "" {
			t.Errorf("%s: %s", name, note)
		}
	}
	if before.Draft.Person[0].Direction != "" {
		t.Error("a change of the copy changed the original")
	}
}

// TestUsual holds the usual values against those that hold.
func TestUsual(t *testing.T) {
	back, ahead := office.Days(state.Rules{})
	if DaysBack(localapi.DraftRules{}) != strconv.Itoa(back) || DaysAhead(localapi.DraftRules{}) != strconv.Itoa(ahead) {
		t.Errorf("the usual days are %d and %d", back, ahead)
	}
	for _, l := range Limits() {
		var d localapi.DraftLimits
		if l.Wrong(l.Text(&d)) != "" || l.Wrong("0") == "" || l.Wrong("x") == "" {
			t.Errorf("%s: usual %q", l.Key, l.Text(&d))
		}
		l.Set(&d, strconv.Itoa(l.Usual+1))
		if *l.Get(&d) != l.Usual+1 {
			t.Errorf("%s is %d", l.Key, *l.Get(&d))
		}
		l.Set(&d, strconv.Itoa(l.Usual))
		if d != (localapi.DraftLimits{}) {
			t.Errorf("%s: the usual is said: %+v", l.Key, d)
		}
	}
}

// TestTimeNames keeps a length of time that a file has and no choice offers.
func TestTimeNames(t *testing.T) {
	words, names := TimeNames(EveryChoices(), "45s")
	if i := IndexOf(words, "45s"); i != len(words)-1 || names[i] != "45 seconds" || names[0] != "The usual" {
		t.Errorf("%v are %v", words, names)
	}
	if words, _ := TimeNames(EveryChoices(), "5m"); len(words) != len(EveryChoices()) {
		t.Errorf("choices are %v", words)
	}
}
