package xmlnode

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Writer appends XML to a buffer. Names carry their prefix ("t:Subject"), which
// the caller declares once in the root element. The zero value is ready.
type Writer struct {
	buf []byte
	// RawControls writes characters that XML 1.0 forbids as character
	// references, as real servers do; without it they become U+FFFD.
	RawControls bool
}

// Bytes returns what was written so far; it is valid until the next write.
func (w *Writer) Bytes() []byte { return w.buf }

// Len returns the number of bytes written.
func (w *Writer) Len() int { return len(w.buf) }

// Raw appends bytes that are XML already.
func (w *Writer) Raw(s string) { w.buf = append(w.buf, s...) }

// Open starts an element; attrs are name, value, name, value and so on.
func (w *Writer) Open(name string, attrs ...string) {
	w.start(name, attrs)
	w.buf = append(w.buf, '>')
}

// Empty writes an element without content.
func (w *Writer) Empty(name string, attrs ...string) {
	w.start(name, attrs)
	w.buf = append(w.buf, "/>"...)
}

// Close ends an element.
func (w *Writer) Close(name string) {
	w.buf = append(w.buf, '<', '/')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '>')
}

// Text writes an element with text; attrs as in Open.
func (w *Writer) Text(name, text string, attrs ...string) {
	w.Open(name, attrs...)
	w.escape(text, false)
	w.Close(name)
}

// Int writes an element with a number.
func (w *Writer) Int(name string, v int) { w.Text(name, strconv.Itoa(v)) }

// Bool writes an element with true or false.
func (w *Writer) Bool(name string, v bool) { w.Text(name, strconv.FormatBool(v)) }

func (w *Writer) start(name string, attrs []string) {
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, name...)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.buf = append(w.buf, ' ')
		w.buf = append(w.buf, attrs[i]...)
		w.buf = append(w.buf, '=', '"')
		w.escape(attrs[i+1], true)
		w.buf = append(w.buf, '"')
	}
}

func (w *Writer) escape(s string, attr bool) {
	last := 0
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		var rep string
		switch {
		case c == '&':
			rep = "&amp;"
		case c == '<':
			rep = "&lt;"
		case c == '>':
			rep = "&gt;"
		case c == '"' && attr:
			rep = "&quot;"
		case c == '\r':
			rep = "&#xD;"
		case (c == '\n' || c == '\t') && attr:
			rep = "&#x" + strconv.FormatInt(int64(c), 16) + ";"
		case c < 0x20 && c != '\n' && c != '\t':
			rep = w.control(rune(c))
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if (r == utf8.RuneError && size == 1) || r == 0xFFFE || r == 0xFFFF {
				rep = w.control(r)
			}
		}
		if rep != "" {
			w.buf = append(w.buf, s[last:i]...)
			w.buf = append(w.buf, rep...)
			last = i + size
		}
		i += size
	}
	w.buf = append(w.buf, s[last:]...)
}

func (w *Writer) control(r rune) string {
	if !w.RawControls || r == utf8.RuneError {
		return "\uFFFD"
	}
	return "&#x" + strings.ToUpper(strconv.FormatInt(int64(r), 16)) + ";"
}

// Node writes a parsed element again, with the prefix t for everything.
func (w *Writer) Node(n *Node) {
	attrs := make([]string, 0, 2*len(n.Attrs))
	for _, a := range n.Attrs {
		attrs = append(attrs, a.Name, a.Value)
	}
	name := "t:" + n.Name
	if len(n.Kids) == 0 {
		w.Text(name, n.Text, attrs...)
		return
	}
	w.Open(name, attrs...)
	for _, k := range n.Kids {
		w.Node(k)
	}
	w.Close(name)
}
