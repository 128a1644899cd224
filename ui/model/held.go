package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// Held is all that can be set: the office's settings, and what who sits here
// prefers.
type Held struct {
	Draft  localapi.Draft
	Prefs  localapi.Prefs
	Locked map[string]string
}

// Clone is a copy that can be changed without changing h.
func (h Held) Clone() Held {
	d := &h.Draft
	d.Person = slices.Clone(d.Person)
	d.Aliases = maps.Clone(d.Aliases)
	d.Rules.Types = slices.Clone(d.Rules.Types)
	d.Rules.Fields = maps.Clone(d.Rules.Fields)
	if d.Rules.DaysBack != nil {
		d.Rules.DaysBack = new(*d.Rules.DaysBack)
	}
	d.Filter.Categories, d.Filter.OnlyCategories = slices.Clone(d.Filter.Categories), slices.Clone(d.Filter.OnlyCategories)
	d.Filter.ShowAs, d.Filter.Subjects = slices.Clone(d.Filter.ShowAs), slices.Clone(d.Filter.Subjects)
	d.Network.NoProxy = slices.Clone(d.Network.NoProxy)
	h.Prefs.Quiet = slices.Clone(h.Prefs.Quiet)
	return h
}

// Change is one setting that is not as it was.
type Change struct {
	Key, Label string
	From, To   string
	prefs      bool
}

// held is a setting with its value in words.
type held struct {
	key, label, value string
	prefs             bool
}

// Changes are the settings in which two differ, in the order of the pages.
func Changes(before, after Held) []Change {
	old := map[string]string{}
	var keys []held
	for _, x := range settingsOf(before) {
		old[x.key] = x.value
		keys = append(keys, x)
	}
	now := map[string]held{}
	for _, x := range settingsOf(after) {
		now[x.key] = x
		if _, ok := old[x.key]; !ok {
			keys = append(keys, x)
		}
	}
	var out []Change
	for _, k := range keys {
		if n := now[k.key]; n.value != old[k.key] {
			out = append(out, Change{Key: k.key, Label: k.label, From: old[k.key], To: n.value, prefs: k.prefs})
		}
	}
	return out
}

// OfOffice tells whether any is a setting of the office.
func OfOffice(cs []Change) bool {
	return slices.ContainsFunc(cs, func(c Change) bool { return !c.prefs })
}

// OfPrefs tells whether any is a preference.
func OfPrefs(cs []Change) bool {
	return slices.ContainsFunc(cs, func(c Change) bool { return c.prefs })
}

// ChangesNote says what applying changes would do.
func ChangesNote(cs []Change) string {
	if len(cs) == 0 {
		return say.T("Nothing is changed.")
	}
	c := cs[0]
	what := say.T("{{.Label}}: {{.To}}.", "Label", c.Label, "To", orNothing(c.To))
	if len(cs) > 1 {
		what = say.N("{{.First}} and one more.", "{{.First}} and {{.N}} more.", len(cs)-1, "First", c.Label)
	}
	if slices.ContainsFunc(cs, func(c Change) bool { return plansAnew(c.Key) }) {
		return say.T("{{.What}} What the new rules would write waits for your approval.", "What", what)
	}
	return say.T("{{.What}} Nothing is written to a calendar.", "What", what)
}

func orNothing(s string) string {
	if s == "" {
		return say.T("nothing")
	}
	return s
}

// plansAnew tells whether a setting decides what is written.
func plansAnew(key string) bool {
	if strings.HasPrefix(key, "rules.limits.") || key == "rules.every" || key == "rules.promise" {
		return false
	}
	for _, p := range []string{"rules.", "private.", "filter.", "person."} {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// settingsOf are all settings with their values in words.
func settingsOf(h Held) []held {
	return slices.Concat(prefsValues(h.Prefs), officeValues(h.Draft), rulesValues(h.Draft), limitValues(h.Draft.Rules.Limits))
}

func yes(b bool) string {
	if b {
		return say.T("yes")
	}
	return say.T("no")
}

func prefsValues(p localapi.Prefs) []held {
	out := []held{
		{"language", say.T("Language"), LanguageName(p.Language), true},
		{"theme", say.T("Appearance"), ThemeNames()[IndexOf(Themes(), p.Theme)], true},
		{"autostart", say.T("Start when I sign in"), yes(p.Autostart), true},
		{"autostart_delay", say.T("Wait before starting"), say.N("{{.N}} second", "{{.N}} seconds", p.AutostartDelay), true},
		{"hide_subjects", say.T("Hide all subjects"), yes(p.HideSubjects), true},
	}
	for _, k := range NoticeKinds() {
		out = append(out, held{"quiet." + k.Word, k.Say, yes(!Has(p.Quiet, k.Word)), true})
	}
	return out
}

func officeValues(d localapi.Draft) []held {
	return []held{
		{"office", say.T("Name of the office"), d.Office, false},
		{"zone", say.T("Time zone"), d.Zone, false},
		{"network.proxy", say.T("Proxy"), d.Network.Proxy, false},
		{"network.proxy_user", say.T("Proxy user"), d.Network.ProxyUser, false},
		{"network.no_proxy", say.T("Reached without a proxy"), strings.Join(d.Network.NoProxy, ", "), false},
		{"screen.show_subjects", say.T("Show everybody's subjects"), yes(d.Screen.ShowSubjects), false},
		{"screen.me", say.T("My address"), d.Screen.Me, false},
		{"updates.check", say.T("Look for newer versions"), yes(d.Updates.Check), false},
		{"updates.url", say.T("Address of the newest version"), d.Updates.URL, false},
		{"people.everyone", say.T("Everybody who matches takes part"), yes(d.People.Everyone), false},
		{"people.guests", say.T("Copies for colleagues who do not take part"), yes(d.People.Guests), false},
	}
}

func rulesValues(d localapi.Draft) []held {
	types := strings.Join(d.Rules.Types, ", ")
	if types == "" {
		types = say.T("all")
	}
	out := []held{
		{"rules.types", say.T("Activity types"), types, false},
		{"filter.all_day", say.T("All-day entries stay in Outlook"), yes(d.Filter.AllDay), false},
		{"filter.categories", say.T("Categories that stay in Outlook"), strings.Join(d.Filter.Categories, ", "), false},
		{"filter.only_categories", say.T("Only these categories"), strings.Join(d.Filter.OnlyCategories, ", "), false},
		{"filter.subjects", say.T("Subjects that stay in Outlook"), strings.Join(d.Filter.Subjects, ", "), false},
		{"private.to_severa", say.T("Private entries to Severa"), PrivacyNames()[IndexOf(Privacies(), d.Private.ToSevera)], false},
		{"private.to_exchange", say.T("Private entries to Outlook"), PrivacyNames()[IndexOf(Privacies(), d.Private.ToExchange)], false},
		{"rules.days_back", say.T("Days back"), DaysBack(d.Rules), false},
		{"rules.days_ahead", say.T("Days ahead"), DaysAhead(d.Rules), false},
		{"rules.every", say.T("Look for changes every"), d.Rules.Every, false},
		{"rules.promise", say.T("Tell me when a calendar is older than"), d.Rules.Promise, false},
		{"rules.direction", say.T("Direction"), DirectionNames()[IndexOf(Directions(), d.Rules.Direction)], false},
	}
	for _, show := range ShowAsWords() {
		out = append(out, held{"filter.show_as." + show.Word, show.Say, yes(Has(d.Filter.ShowAs, show.Word)), false})
	}
	for _, c := range HowChoices() {
		if c.Set != nil {
			out = append(out, held{c.Key, c.Title, c.Options[ChoiceOf(c, d)].Title, false})
		}
	}
	for _, f := range RuleFields() {
		out = append(out, held{"rules.fields." + f.Word, f.Name, DirectionNames()[IndexOf(Directions(), d.Rules.Fields[f.Word])], false})
	}
	for _, p := range d.Person {
		out = append(out, held{"person." + personKey(p), PersonName(p), p.Direction, false})
	}
	return out
}

func personKey(p localapi.DraftPerson) string {
	if p.Exchange != "" {
		return p.Exchange
	}
	return p.Severa
}

// PersonName is what a person of a draft is called.
func PersonName(p localapi.DraftPerson) string {
	if p.Name != "" {
		return p.Name
	}
	return personKey(p)
}

// Limit is one safety stop.
type Limit struct {
	Key string
	// Title stands in its row, Label alone.
	Title, Label, Note, Unit string
	Usual, Most              int
	Get                      func(*localapi.DraftLimits) *int
}

// Limits are the safety stops, by what they are about.
func Limits() []Limit {
	entries, percent := say.T("entries"), say.T("percent")
	return []Limit{
		{"rules.limits.delete_floor", say.T("More than this many entries"), say.T("Deletions that never stop"), say.T("Fewer are never stopped."), entries, 5, 100000, func(l *localapi.DraftLimits) *int { return &l.DeleteFloor }},
		{"rules.limits.delete_percent", say.T("And more than this share of one calendar"), say.T("Share of deletions that stops"), "", percent, 10, 100, func(l *localapi.DraftLimits) *int { return &l.DeletePercent }},
		{"rules.limits.delete_run", say.T("In one run, whatever the share"), say.T("Deletions in one run"), "", entries, 50, 100000, func(l *localapi.DraftLimits) *int { return &l.DeleteRun }},
		{"rules.limits.delete_day", say.T("In 24 hours"), say.T("Deletions in 24 hours"), "", entries, 50, 100000, func(l *localapi.DraftLimits) *int { return &l.DeleteDay }},
		{"rules.limits.shrink_percent", say.T("One side lost more than this share"), say.T("Share that may vanish from one side"), "", percent, 50, 1000, func(l *localapi.DraftLimits) *int { return &l.ShrinkPercent }},
		{"rules.limits.shift_percent", say.T("This share moved by the same time"), say.T("Share that may move by the same time"), say.T("It looks like a time-zone fault."), percent, 80, 100, func(l *localapi.DraftLimits) *int { return &l.ShiftPercent }},
		{"rules.limits.shift_floor", say.T("And at least this many entries"), say.T("Entries that may move by the same time"), "", entries, 10, 100000, func(l *localapi.DraftLimits) *int { return &l.ShiftFloor }},
		{"rules.limits.create_floor", say.T("More than this many new entries"), say.T("New entries that never stop"), say.T("Not at a first sync, which you approve anyway."), entries, 50, 100000, func(l *localapi.DraftLimits) *int { return &l.CreateFloor }},
		{"rules.limits.create_percent", say.T("And more than this share of one calendar"), say.T("Share of new entries that stops"), "", percent, 50, 1000, func(l *localapi.DraftLimits) *int { return &l.CreatePercent }},
	}
}

// Text is the limit that holds, to be typed over.
func (l Limit) Text(d *localapi.DraftLimits) string {
	if n := *l.Get(d); n > 0 {
		return strconv.Itoa(n)
	}
	return strconv.Itoa(l.Usual)
}

// Set takes what was typed; the usual is left unsaid.
func (l Limit) Set(d *localapi.DraftLimits, text string) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return
	}
	if n == l.Usual {
		n = 0
	}
	*l.Get(d) = n
}

// Wrong is what is wrong with what was typed; empty: nothing.
func (l Limit) Wrong(text string) string {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err != nil || n < 1 || n > l.Most {
		return say.T("Write a number from 1 to {{.Most}}.", "Most", l.Most)
	}
	return ""
}

func limitValues(d localapi.DraftLimits) []held {
	var out []held
	for _, l := range Limits() {
		out = append(out, held{l.Key, l.Label, l.Text(&d) + " " + l.Unit, false})
	}
	return out
}
