package policy

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

func mustParse(t *testing.T, level Level, where, text string) Layer {
	t.Helper()
	l, err := Parse(level, where, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestResolve_TakesTheMachinesWordFirst(t *testing.T) {
	machine := mustParse(t, Machine, "m", "[rules]\nwinner = \"severa\"\n")
	later := mustParse(t, Machine, "later", "[rules]\nwinner = \"ask\"\ndays_back = 7\n")
	user := mustParse(t, User, "u", "zone = \"Europe/Berlin\"\n[rules]\nwinner = \"exchange\"\ndays_back = 3\n")
	got := Resolve(user, machine, later).Locks()
	want := []Lock{
		{Key: "rules.days_back", Value: int64(7), Level: Machine, Where: "later"},
		{Key: "rules.winner", Value: "severa", Level: Machine, Where: "m"},
		{Key: "zone", Value: "Europe/Berlin", Level: User, Where: "u"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("locks (-want +got):\n%s", diff)
	}
}

func TestTOML_SaysWhatWasParsed(t *testing.T) {
	text := "zone = \"Europe/Berlin\"\n[rules]\ndays_back = 0\n[rules.limits]\ndelete_run = 9\n[people]\nguests = false\n[filter]\nsubjects = [\"a\", \"b\"]\n"
	out, err := Resolve(mustParse(t, Machine, "m", text)).TOML()
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := errors.Join(toml.Unmarshal([]byte(text), &want), toml.Unmarshal(out, &got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

func TestParse_RefusesWhatItDoesNotUnderstand(t *testing.T) {
	for text, want := range map[string]string{
		"[rules]\nwinnner = \"severa\"":            "rules.winnner is no setting",
		"[rules]\nwinner = \"anna\"":               "rules.winner: expected one of by_field, severa",
		"[people]\nguests = \"no\"":                "people.guests: expected true or false",
		"[rules]\ndays_back = -1":                  "rules.days_back: expected a whole number",
		"[filter]\nsubjects = [1]":                 "filter.subjects: expected a list of texts",
		"[[person]]\nsevera = \"a@example.com\"":   "person is no setting",
		"[exchange]\nurl = 7":                      "exchange.url: expected text",
		"rules = ":                                 "this is not TOML",
		"[exchange]\npassword = \"geheim\"\nx = 1": "exchange.password is no setting",
	} {
		_, err := Parse(Machine, "file", []byte(text))
		bad, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(bad.Error(), want) || bad.Where != "file" {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error quotes a value: %v", err)
		}
	}
}

func TestFromRegistry_ReadsNumbersAsSwitches(t *testing.T) {
	got, err := FromRegistry(User, `HKCU\x`, map[string]any{
		"People.Guests": uint64(0), "updates.check": uint64(1), "rules.limits.delete_run": uint64(5),
		"rules.winner": "ask", "filter.categories": []string{"Home"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Layer{Level: User, Where: `HKCU\x`, Values: map[string]any{
		"people.guests": false, "updates.check": true, "rules.limits.delete_run": int64(5),
		"rules.winner": "ask", "filter.categories": []string{"Home"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("layer (-want +got):\n%s", diff)
	}
	if _, err := FromRegistry(User, "x", map[string]any{"rules.days_back": uint64(1 << 63)}); err == nil {
		t.Error("a number beyond all sense was taken")
	}
}
