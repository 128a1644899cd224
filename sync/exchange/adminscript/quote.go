package adminscript

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// InputError is something that cannot stand in a script.
type InputError struct {
	Field string // what it was given as
	Say   string // what is wrong with it
}

// Error is both.
func (e *InputError) Error() string { return e.Field + ": " + e.Say }

// singleQuotes are all the characters that PowerShell takes for one: the
// typographic ones end a string as ' does.
const singleQuotes = "'\u2018\u2019\u201a\u201b"

// Quote is a text as one PowerShell string. Between single quotes nothing is
// special but the quotes themselves, which are doubled. It is an *InputError
// for text that would not read in the script as it is: control characters, line
// ends of any kind, and the marks that make text run backwards on a screen.
func Quote(s string) (string, error) {
	if err := printable(s); err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteByte('\'')
	for _, r := range s {
		out.WriteRune(r)
		if strings.ContainsRune(singleQuotes, r) {
			out.WriteRune(r)
		}
	}
	out.WriteByte('\'')
	return out.String(), nil
}

func printable(s string) error {
	if !utf8.ValidString(s) {
		return &InputError{Field: "text", Say: "it is not valid UTF-8"}
	}
	for _, r := range s {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return &InputError{Field: "text", Say: fmt.Sprintf("it holds a control character or a line break (U+%04X), which no name in Exchange has", r)}
		case unicode.Is(unicode.Bidi_Control, r):
			return &InputError{Field: "text", Say: fmt.Sprintf("it holds a mark that turns the direction of text (U+%04X), so that the script would not read as it runs", r)}
		}
	}
	return nil
}

// list is texts as one PowerShell array.
func list(texts []string) (string, error) {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		q, err := Quote(s)
		if err != nil {
			return "", err
		}
		quoted[i] = "    " + q
	}
	return "@(\n" + strings.Join(quoted, ",\n") + "\n)", nil
}
