// Package say puts what a person reads into the language that was chosen.
//
// An English text is its own key, as in Fyne's lang, and the same files serve
// both: the windows' toolkit speaks the same language as the windows. This
// package stands beside Fyne's lang because the agent, whose menu and
// notifications are to be read as well, must not link Fyne.
package say

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"lockstep/resources/translations"
)

// English is the language of the keys, which needs no file.
const English = "en"

// speaker is a language in use.
type speaker struct {
	tag string
	loc *i18n.Localizer
}

// current is one for the whole process: a person reads one language at a time,
// and a text is made far away from where the language was chosen.
var current atomic.Pointer[speaker] // nil: English

// Languages are the tags that Use takes, English first.
func Languages() []string {
	entries, err := fs.ReadDir(translations.Files(), ".")
	if err != nil {
		return []string{English}
	}
	var out []string
	for _, e := range entries {
		if tag, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return append([]string{English}, out...)
}

// Name is what a language calls itself.
func Name(tag string) string {
	name := []rune(display.Self.Name(language.Make(tag)))
	if len(name) == 0 {
		return tag
	}
	return strings.ToUpper(string(name[:1])) + string(name[1:])
}

// Match is the language among Languages that fits the first of wanted that any
// fits: locale names such as "nl_NL.UTF-8" or "fi-FI". Nothing fits: English.
func Match(wanted ...string) string {
	have := Languages()
	var tags []language.Tag
	for _, l := range have {
		tags = append(tags, language.Make(l))
	}
	matcher := language.NewMatcher(tags)
	for _, w := range wanted {
		w, _, _ = strings.Cut(w, ".")
		t, err := language.Parse(strings.ReplaceAll(w, "_", "-"))
		if err != nil {
			continue
		}
		if base, _ := t.Base(); base.String() == "no" {
			t = language.Make("nb")
		}
		if _, i, sure := matcher.Match(t); sure >= language.High {
			return have[i]
		}
	}
	return English
}

// Use makes everything be said in one of Languages from now on.
func Use(tag string) error {
	if tag == English {
		current.Store(nil)
		return nil
	}
	content, err := fs.ReadFile(translations.Files(), tag+".json")
	if err != nil {
		return fmt.Errorf("find language %q: %w", tag, err)
	}
	texts, err := messages(content)
	if err != nil {
		return fmt.Errorf("read language %q: %w", tag, err)
	}
	bundle := i18n.NewBundle(language.English)
	if err := bundle.AddMessages(language.Make(tag), texts...); err != nil {
		return fmt.Errorf("read language %q: %w", tag, err)
	}
	current.Store(&speaker{tag: tag, loc: i18n.NewLocalizer(bundle, tag)})
	return nil
}

// messages reads a file of texts. The library's own reader takes words such as
// Description for names of its own and not for texts.
func messages(content []byte) ([]*i18n.Message, error) {
	var file map[string]json.RawMessage
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, err
	}
	out := make([]*i18n.Message, 0, len(file))
	for key, text := range file {
		m := &i18n.Message{ID: key}
		if json.Unmarshal(text, &m.Other) != nil {
			var forms struct{ One, Other string }
			if err := json.Unmarshal(text, &forms); err != nil {
				return nil, fmt.Errorf("%q: %w", key, err)
			}
			m.One, m.Other = forms.One, forms.Other
		}
		out = append(out, m)
	}
	return out, nil
}

// Tag is the language in use.
func Tag() string {
	if s := current.Load(); s != nil {
		return s.tag
	}
	return English
}

// T is a text in the language in use. Places such as {{.Name}} are filled from
// args: a name and its value, in turn.
func T(english string, args ...any) string {
	s := current.Load()
	if s == nil {
		return fill(english, args)
	}
	return s.say(&i18n.Message{ID: english, Other: english}, nil, args)
}

// N is a text about n things, which is also {{.N}}: one where the language says
// so of this number, many elsewhere. The key is many.
func N(one, many string, n int, args ...any) string {
	args = append([]any{"N", n}, args...)
	s := current.Load()
	if s == nil {
		if n == 1 {
			return fill(one, args)
		}
		return fill(many, args)
	}
	return s.say(&i18n.Message{ID: many, One: one, Other: many}, n, args)
}

// Key marks a text that is said later, by Of: a table can hold it, and it is
// found by who looks for what is to be translated.
func Key(english string) string { return english }

// Of is T for a text from a table.
func Of(key string, args ...any) string { return T(key, args...) }

// fill puts values into the places of a text.
func fill(text string, args []any) string {
	if len(args) < 2 {
		return text
	}
	if len(args) == 2 { // as most texts of long lists have; a Replacer would be made for each row
		return strings.ReplaceAll(text, "{{."+fmt.Sprint(args[0])+"}}", fmt.Sprint(args[1]))
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{{."+fmt.Sprint(args[i])+"}}", fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// say falls back to English where the language lacks the text.
func (s *speaker) say(m *i18n.Message, count any, args []any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = args[i+1]
	}
	out, err := s.loc.Localize(&i18n.LocalizeConfig{DefaultMessage: m, PluralCount: count, TemplateData: data})
	if out == "" && err != nil {
		return fill(m.ID, args)
	}
	return out
}
