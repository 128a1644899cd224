package ews

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is one element of an answer. All methods work on a nil node, so that a path through a lean answer needs no checks.
type node struct {
	space, name string
	attrs       []xml.Attr
	text        string
	kids        []node
}

const (
	maxDepth = 64
	maxNodes = 80_000 // of some hundred bytes each; the largest answers have a tenth of it
)

var errTruncated = errors.New("read xml: the document ends too early")

// manyAttributes tells whether an element of a long document has more
// attributes than any of Exchange's: the decoder gathers them before it hands
// the element out, at many times the memory that they have on the wire.
func manyAttributes(b []byte) bool {
	const short, most = 1 << 20, 1000
	if len(b) < short {
		return false
	}
	var quote byte
	tag, count := false, 0
	for _, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '<':
			tag, count = true, 0
		case !tag:
		case c == '>':
			tag = false
		case c == '"' || c == '\'':
			quote = c
			if count++; count > most {
				return true
			}
		}
	}
	return false
}

// parse reads one XML document. It knows no DTD, so that no entity can grow.
func parse(b []byte) (*node, error) {
	if manyAttributes(b) {
		return nil, errors.New("read xml: too many attributes")
	}
	d := xml.NewDecoder(bytes.NewReader(sanitize(b)))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "us-ascii", "ascii", "utf8":
			return in, nil
		}
		return nil, fmt.Errorf("read xml: character set %q is not utf-8", charset)
	}
	var root node
	stack := make([]*node, 0, maxDepth)
	for count := 0; ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read xml: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if count++; count > maxNodes || len(stack) >= maxDepth {
				return nil, errors.New("read xml: too many or too deeply nested elements")
			}
			n := node{space: t.Name.Space, name: t.Name.Local, attrs: t.Attr}
			if len(stack) == 0 {
				if root.name != "" {
					return nil, errors.New("read xml: more than one root element")
				}
				root = n
				stack = append(stack, &root)
				continue
			}
			up := stack[len(stack)-1]
			up.kids = append(up.kids, n)
			up.text = ""
			stack = append(stack, &up.kids[len(up.kids)-1])
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 && len(stack[len(stack)-1].kids) == 0 {
				stack[len(stack)-1].text += string(t)
			}
		}
	}
	if root.name == "" || len(stack) > 0 {
		return nil, errTruncated
	}
	return &root, nil
}

// child returns the first child of that local name, nil if there is none.
func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for i := range n.kids {
		if n.kids[i].name == name {
			return &n.kids[i]
		}
	}
	return nil
}

// path follows local names downwards.
func (n *node) path(names ...string) *node {
	for _, name := range names {
		n = n.child(name)
	}
	return n
}

// all returns the children.
func (n *node) all() []node {
	if n == nil {
		return nil
	}
	return n.kids
}

// attr returns the value of an attribute, empty if it is not there.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// str returns the text as it stands.
func (n *node) str() string {
	if n == nil {
		return ""
	}
	return n.text
}

// word returns the text without white space around it.
func (n *node) word() string { return strings.TrimSpace(n.str()) }

// childStr returns the text of a child as it stands.
func (n *node) childStr(name string) string { return n.child(name).str() }

// childWord returns the trimmed text of a child.
func (n *node) childWord(name string) string { return n.child(name).word() }
