package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"lockstep/ui/say"
)

const root = "../../.."

// least is how many percent of the texts each language has to have. What is
// missing is said in English; a share may grow, and not shrink.
var least = map[string]int{"nl": 98, "fi": 98, "sv": 98, "de": 98, "nb": 98, "da": 98}

// TestWords_AreTranslated holds every language against what is said: it has
// the share that it is to have, nothing is left over, and each text has the
// same places to fill.
func TestWords_AreTranslated(t *testing.T) {
	said, err := gather(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(said.texts) < 20 {
		t.Fatalf("%d texts were found; the search is broken", len(said.texts))
	}
	for _, language := range say.Languages() {
		if language == say.English {
			continue
		}
		t.Run(language, func(t *testing.T) {
			have, err := load(filepath.Join(root, "resources", "translations", language+".json"))
			if err != nil {
				t.Fatal(err)
			}
			done := 0
			for key, text := range said.texts {
				translated, ok := have[key]
				if !ok {
					continue
				}
				done++
				for _, wrong := range judge(key, text, translated) {
					t.Errorf("%q: %s", key, wrong)
				}
			}
			if want, known := least[language]; !known || done*100 < want*len(said.texts) {
				t.Errorf("%d of %d texts are translated, want %d percent; `go run ./cmd/internal/words %s` tells which are not", done, len(said.texts), want, language)
			}
			for key := range have {
				if _, ok := said.texts[key]; !ok {
					t.Errorf("%q is translated, and nobody says it", key)
				}
			}
		})
	}
}

// judge tells what is wrong with a translation.
func judge(key string, t text, translated any) (wrong []string) {
	forms := map[string]string{}
	switch v := translated.(type) {
	case string:
		forms["other"] = v
	case map[string]any:
		for form, s := range v {
			forms[form] = fmt.Sprint(s)
		}
	}
	if t.one != "" && (forms["one"] == "" || forms["other"] == "") {
		wrong = append(wrong, "it is about a number and needs one and other")
	}
	if t.one == "" && len(forms) != 1 {
		wrong = append(wrong, "it is about no number and has forms")
	}
	for form, s := range forms {
		if strings.TrimSpace(s) == "" {
			wrong = append(wrong, form+" is empty")
		}
		if _, err := template.New("").Parse(s); err != nil { // English would be shown in its place
			wrong = append(wrong, form+" cannot be filled: "+err.Error())
		}
		for _, p := range places(s) {
			if !slices.Contains(places(key+t.one), p) {
				wrong = append(wrong, form+" has a place that is never filled: "+p)
			}
		}
		for _, p := range places(key) {
			// One thing may be counted in words.
			if !slices.Contains(places(s), p) && (form != "one" || p != "{{.N}}") {
				wrong = append(wrong, form+" lacks "+p)
			}
		}
	}
	return wrong
}

var (
	action = regexp.MustCompile(`\{\{.*?\}\}`)
	place  = regexp.MustCompile(`\.\w+`)
)

// places are the names that a text is filled with. A translation may choose by
// them as well: the case endings of Finnish depend on the name that they follow.
func places(s string) []string {
	var out []string
	for _, a := range action.FindAllString(s, -1) {
		for _, p := range place.FindAllString(a, -1) {
			out = append(out, "{{"+p+"}}")
		}
	}
	return out
}

// TestWords_GoThroughSay finds what a window would show in English whatever
// the language.
func TestWords_GoThroughSay(t *testing.T) {
	said, err := gather(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range said.bare {
		t.Error(b)
	}
}

// TestJudge proves that a bad translation is noticed.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name       string
		key        string
		text       text
		translated any
		wrong      int
	}{
		{"right", "Paused until {{.When}}", text{}, "Gepauzeerd tot {{.When}}", 0},
		{"a place is missing", "Paused until {{.When}}", text{}, "Gepauzeerd", 1},
		{"a place is made up", "Paused", text{}, "Gepauzeerd tot {{.When}}", 1},
		{"right ending", "Deleted in {{.Side}}", text{}, `Poistettu {{.Side}}{{if eq .Side "Outlook"}}i{{end}}sta`, 0},
		{"an ending by a place that is made up", "Deleted in {{.Side}}", text{}, `Poistettu {{.Side}}{{if eq .There "Outlook"}}i{{end}}sta`, 1},
		{"an ending that is not closed", "Deleted in {{.Side}}", text{}, `Poistettu {{.Side}}{{if eq .Side "Outlook"}}ista`, 1},
		{"empty", "Paused", text{}, " ", 1},
		{"right number", "{{.N}} changes", text{one: "{{.N}} change"}, map[string]any{"one": "een wijziging", "other": "{{.N}} wijzigingen"}, 0},
		{"number without forms", "{{.N}} changes", text{one: "{{.N}} change"}, "{{.N}} wijzigingen", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := judge(c.key, c.text, c.translated); len(got) != c.wrong {
				t.Errorf("found %q, want %d", got, c.wrong)
			}
		})
	}
}

// TestWordy keeps the search for bare words from missing them or crying wolf.
func TestWordy(t *testing.T) {
	for s, want := range map[string]bool{
		"Sync now": true, "Overview": true, "one entry": true, "overview": false, "": false, "lockstep.png": false, "Lockstep": false, "Outlook": false,
		"Mon 2 Jan": false, "15:04": false, "ok": false, "OK": false, "GET": false, "https://x y": false, "chevron-right": false, "ActionInvoked": false, "Exchange Server SE": false,
	} {
		if got := wordy(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
