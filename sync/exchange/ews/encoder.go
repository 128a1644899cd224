package ews

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// encoder writes one request. Prefixes are fixed: s for the envelope, m for messages, t for types.
// The first error sticks; what was written before it is of no use.
type encoder struct {
	b        []byte
	op       string
	version  Version
	delegate string // the mailbox that distinguished folder ids must name, empty with impersonation
	err      error
}

// fail keeps the first error.
func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = invalid(e.op, format, args...)
	}
}

// open writes a start tag; attrs are names and values in turn, and a pair with an empty value is left out.
func (e *encoder) open(name string, attrs ...string) {
	e.tag(name, attrs)
	e.b = append(e.b, '>')
}

// empty writes an element without content.
func (e *encoder) empty(name string, attrs ...string) {
	e.tag(name, attrs)
	e.b = append(e.b, "/>"...)
}

func (e *encoder) tag(name string, attrs []string) {
	e.b = append(e.b, '<')
	e.b = append(e.b, name...)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" {
			continue
		}
		e.b = append(e.b, ' ')
		e.b = append(e.b, attrs[i]...)
		e.b = append(e.b, '=', '"')
		e.escape(attrs[i+1], true)
		e.b = append(e.b, '"')
	}
}

func (e *encoder) close(name string) {
	e.b = append(e.b, '<', '/')
	e.b = append(e.b, name...)
	e.b = append(e.b, '>')
}

// text writes an element with character content.
func (e *encoder) text(name, value string, attrs ...string) {
	e.open(name, attrs...)
	e.escape(value, false)
	e.close(name)
}

func (e *encoder) bool(name string, v bool) { e.text(name, strconv.FormatBool(v)) }
func (e *encoder) int(name string, v int)   { e.text(name, strconv.Itoa(v)) }

// time writes an instant in UTC to the second.
func (e *encoder) time(name string, t time.Time) {
	s, err := wireTime(t)
	if err != nil {
		e.fail("write %s: %w", name, err)
		return
	}
	e.text(name, s)
}

// escape writes s without the characters that XML 1.0 cannot carry. A carriage return goes out as a reference, because a parser would turn it
// into a line feed.
func (e *encoder) escape(s string, attr bool) {
	for _, r := range CleanText(s) {
		switch {
		case r == '&':
			e.b = append(e.b, "&amp;"...)
		case r == '<':
			e.b = append(e.b, "&lt;"...)
		case r == '>':
			e.b = append(e.b, "&gt;"...)
		case r == '\r':
			e.b = append(e.b, "&#xD;"...)
		case attr && r == '"':
			e.b = append(e.b, "&quot;"...)
		case attr && r == '\n':
			e.b = append(e.b, "&#xA;"...)
		case attr && r == '\t':
			e.b = append(e.b, "&#x9;"...)
		default:
			e.b = utf8.AppendRune(e.b, r)
		}
	}
}

// wireTime formats an instant as xs:dateTime in UTC.
func wireTime(t time.Time) (string, error) {
	u := t.UTC()
	if t.IsZero() {
		return "", fmt.Errorf("format time: no time given")
	}
	if y := u.Year(); y < 1601 || y > 4500 {
		return "", fmt.Errorf("format time: year %d is outside what Exchange stores", y)
	}
	return u.Format("2006-01-02T15:04:05Z"), nil
}
