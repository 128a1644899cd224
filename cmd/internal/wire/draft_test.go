package wire

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// anyWord draws one of a table's words, or none.
func anyWord[T any](t *rapid.T, label string, words map[string]T) string {
	return rapid.SampledFrom(append([]string{""}, slices.Sorted(maps.Keys(words))...)).Draw(t, label)
}

// anyDraft draws a draft in which nothing is wrong.
func anyDraft(t *rapid.T) localapi.Draft {
	text := rapid.StringMatching(`[A-Za-z][A-Za-z .*-]{0,8}`)
	texts := func(label string) []string {
		if out := rapid.SliceOfN(text, 0, 3).Draw(t, label); len(out) > 0 {
			return out
		}
		return nil
	}
	number := func(label string) int { return rapid.IntRange(0, 3650).Draw(t, label) }
	flag := func(label string) bool { return rapid.Bool().Draw(t, label) }
	address := rapid.StringMatching(`[A-Za-z]{1,4}@[A-Za-z]{1,3}\.test`)
	length := func(label string, least, most time.Duration) string {
		if flag(label + " given") {
			return time.Duration(rapid.Int64Range(int64(least), int64(most)).Draw(t, label)).Round(time.Second).String()
		}
		return ""
	}
	zones := rapid.SampledFrom([]string{"Europe/Helsinki", "UTC", "America/New_York"})
	d := localapi.Draft{
		Office: rapid.SampledFrom([]string{"", "hq"}).Draw(t, "office"), Zone: zones.Draw(t, "zone"),
		Exchange: localapi.DraftExchange{
			URL: rapid.SampledFrom([]string{"https://mail.example.com/EWS/Exchange.asmx", " https://MAIL.example.com:8443/a%20b "}).Draw(t, "url"), Domain: text.Draw(t, "domain"), User: text.Draw(t, "user"),
			Auth: rapid.SampledFrom([]string{"", "ntlm", "basic"}).Draw(t, "auth"), Access: rapid.SampledFrom([]string{"", "impersonation", "delegate"}).Draw(t, "access"),
			Version: anyWord(t, "version", versions()), LegacyTLS: flag("legacy"), Plain: flag("plain"),
			PinSHA256: rapid.StringMatching(`([0-9A-F]{2}:){31}[0-9A-F]{2}`).Draw(t, "pin"),
			Group:     text.Draw(t, "group"), OABURL: rapid.SampledFrom([]string{"", "https://mail.example.com/OAB/1/"}).Draw(t, "oab"),
		},
		Severa: localapi.DraftSevera{ClientID: text.Draw(t, "client"), URL: rapid.SampledFrom([]string{"", "https://severa.test/rest"}).Draw(t, "severa")},
		People: localapi.DraftPeople{Everyone: flag("everyone"), Guests: flag("guests")},
		Rules: localapi.DraftRules{
			Winner: anyWord(t, "winner", winners()), Direction: anyWord(t, "direction", directions()), Deleted: anyWord(t, "deleted", deletions()),
			Types: texts("types"), DaysAhead: number("ahead"), Every: length("every", minEvery, 24*time.Hour), Promise: length("promise", time.Minute, 24*time.Hour),
			Limits: localapi.DraftLimits{
				DeleteFloor: number("df"), DeletePercent: number("dp"), DeleteRun: number("dr"), DeleteDay: number("dd"), ShrinkPercent: number("sp"),
				ShiftFloor: number("sf"), ShiftPercent: number("shp"), CreateFloor: number("cf"), CreatePercent: number("cp"),
			},
		},
		Private: localapi.DraftPrivate{ToSevera: anyWord(t, "to severa", privacies()), ToExchange: anyWord(t, "to exchange", privacies())},
		Filter: localapi.DraftFilter{
			Categories: texts("categories"), OnlyCategories: texts("only"), AllDay: flag("all day"), Subjects: texts("subjects"),
			ShowAs: rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(showings()))), 0, 3).Draw(t, "show as"),
		},
		Updates: localapi.DraftUpdates{Check: flag("check"), URL: "https://x.test/newest.json"},
		Screen:  localapi.DraftScreen{ShowSubjects: flag("subjects shown"), Me: address.Draw(t, "me")},
	}
	if flag("days back given") {
		d.Rules.DaysBack = new(number("back"))
	}
	for name := range narrowed() {
		if w := anyWord(t, name, directions()); w != "" {
			if d.Rules.Fields == nil {
				d.Rules.Fields = map[string]string{}
			}
			d.Rules.Fields[name] = w
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "aliases") {
		if i == 0 {
			d.Aliases = map[string]string{}
		}
		d.Aliases[address.Draw(t, "alias")] = address.Draw(t, "of")
	}
	for range rapid.IntRange(0, 3).Draw(t, "people") {
		p := localapi.DraftPerson{
			Severa: address.Draw(t, "severa address"), Name: rapid.SampledFrom([]string{"", "Anna"}).Draw(t, "name"),
			Zone: rapid.SampledFrom([]string{"", "Europe/Berlin"}).Draw(t, "own zone"), Direction: anyWord(t, "own direction", directions()),
		}
		if flag("two addresses") {
			p.Exchange = address.Draw(t, "exchange address")
		}
		d.Person = append(d.Person, p)
	}
	for range rapid.IntRange(0, 2).Draw(t, "resources") {
		d.Resource = append(d.Resource, localapi.DraftResource{
			Severa: rapid.StringMatching(`[0-9A-F]{8}`).Draw(t, "resource"), Exchange: address.Draw(t, "room"),
			Name: rapid.SampledFrom([]string{"", "Blue room"}).Draw(t, "room's name"),
		})
	}
	return d
}

// TestDraftOf_MakesTheSameSettings: an office that was set up by a file can be
// edited in a form, and nothing changes but what was edited.
func TestDraftOf_MakesTheSameSettings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &checker{}
		want, people := OfficeFile{Draft: anyDraft(t)}.settings(c, ".")
		if len(c.found) > 0 {
			if slices.ContainsFunc(c.found, func(p FileProblem) bool { return p.Code != localapi.FieldTwice }) {
				t.Fatalf("the draft is not right: %+v", c.found)
			}
			t.Skip("somebody was drawn twice")
		}
		draft := draftOf(want, people)
		// By way of the file as well: what a form saves can be exported.
		text, err := toml.Marshal(draft)
		if err != nil {
			t.Fatal(err)
		}
		f, err := ParseOffice(text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		for how, file := range map[string]OfficeFile{"draft": {Draft: draft}, "file": f} {
			got, back := file.settings(&checker{}, ".")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("settings by the %s (-want +got)\n%s", how, diff)
			}
			if diff := cmp.Diff(people, back); diff != "" {
				t.Errorf("people by the %s (-want +got)\n%s", how, diff)
			}
		}
	})
}

func TestDraftOf_KeepsAPersonsWordsForActivityTypes(t *testing.T) {
	r := state.Rules{Types: []string{"id-1", "id-2"}, TypeNames: map[string]string{"id-1": "Meeting"}}
	if got, want := draftOf(state.Settings{Rules: r}, nil).Rules.Types, []string{"Meeting", "id-2"}; !slices.Equal(got, want) {
		t.Errorf("types = %v, want %v", got, want)
	}
	again := renamed(state.Rules{Types: []string{"Meeting", "Call"}}, r)
	if want := []string{"id-1", "Call"}; !slices.Equal(again.Types, want) || again.TypeNames["id-1"] != "Meeting" {
		t.Errorf("named again = %+v, want %v", again, want)
	}
}

func TestDraftOf_NamesNoGuests(t *testing.T) {
	p := newPerson("Guest", [2]string{event.Business: "g@x.test", event.Exchange: "g@x.test"})
	p.Guest, p.Enabled = true, false
	if got := draftOf(state.Settings{}, []state.Person{p}).Person; len(got) != 0 {
		t.Errorf("people = %+v, want none", got)
	}
}
