package xmlnode

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Namespaces of Exchange Web Services.
const (
	SOAP     = "http://schemas.xmlsoap.org/soap/envelope/"
	Types    = "http://schemas.microsoft.com/exchange/services/2006/types"
	Messages = "http://schemas.microsoft.com/exchange/services/2006/messages"
	Errors   = "http://schemas.microsoft.com/exchange/services/2006/errors"
)

const (
	maxDepth = 64
	maxNodes = 100_000
)

// ErrTooDeep reports a document that nests or counts more elements than any
// request of the protocol does.
var ErrTooDeep = errors.New("document nests too deep or has too many elements")

// Attr is one attribute; attributes of the protocol have no namespace.
type Attr struct{ Name, Value string }

// Node is one element. Text is its own character data, children's excluded.
type Node struct {
	Space, Name string
	Attrs       []Attr
	Kids        []*Node
	Text        string
	Line        int
}

// crowded tells whether an element of a long document has so many attributes
// that the decoder, which gathers them first, would need far more memory than
// the document has.
func crowded(doc []byte) bool {
	const long, most = 1 << 20, 1000
	inside, quoted, seen := false, byte(0), 0
	for i := 0; len(doc) >= long && i < len(doc); i++ {
		switch c := doc[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '<':
			inside, seen = true, 0
		case inside && c == '>':
			inside = false
		case inside && (c == '"' || c == '\''):
			if quoted, seen = c, seen+1; seen > most {
				return true
			}
		}
	}
	return false
}

// Parse reads one document. It is strict about well-formedness and tolerant
// about everything else: comments, processing instructions, any prefix.
func Parse(doc []byte) (*Node, error) {
	if crowded(doc) {
		return nil, ErrTooDeep
	}
	dec := xml.NewDecoder(bytes.NewReader(doc))
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "utf-8") || strings.EqualFold(label, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("read document: encoding %q is not utf-8", label)
	}
	var root *Node
	var stack []*Node
	count := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read document: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			count++
			if len(stack) >= maxDepth || count > maxNodes {
				return nil, ErrTooDeep
			}
			n, err := newNode(t)
			if err != nil {
				return nil, err
			}
			n.Line, _ = dec.InputPos()
			switch {
			case len(stack) > 0:
				p := stack[len(stack)-1]
				p.Kids = append(p.Kids, n)
			case root != nil:
				return nil, errors.New("read document: more than one root element")
			default:
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				addText(stack[len(stack)-1], t)
			}
		case xml.Directive:
			// A document type could define entities; SOAP 1.1 forbids one.
			return nil, errors.New("read document: a document type is not allowed")
		}
	}
	if root == nil {
		return nil, errors.New("read document: no element in it")
	}
	return root, nil
}

// addText drops the white space between elements but keeps that of a text.
func addText(n *Node, t xml.CharData) {
	if len(n.Kids) > 0 && len(bytes.TrimSpace(t)) == 0 {
		return
	}
	n.Text += string(t)
}

func newNode(t xml.StartElement) (*Node, error) {
	if !localPart(t.Name.Local) {
		return nil, errors.New("read document: the name of an element is not one without its prefix")
	}
	n := &Node{Space: t.Name.Space, Name: t.Name.Local}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		if !localPart(a.Name.Local) {
			return nil, errors.New("read document: the name of an attribute is not one without its prefix")
		}
		n.Attrs = append(n.Attrs, Attr{Name: a.Name.Local, Value: a.Value})
	}
	return n, nil
}

// localPart tells whether a name is still a name once its prefix is gone: the
// decoder looks at both together and lets "t:0" and "a:b:c" pass, which
// Namespaces in XML 1.0 (section 4, NCName) does not. Every name of the
// protocol begins with a letter of ASCII.
func localPart(name string) bool {
	if name == "" || strings.Contains(name, ":") {
		return false
	}
	c := name[0] | 0x20
	return c >= 'a' && c <= 'z' || name[0] == '_'
}

// Attr returns the attribute's value, "" when absent.
func (n *Node) Attr(name string) string {
	v, _ := n.AttrOK(name)
	return v
}

// AttrOK returns the attribute's value and whether it is there.
func (n *Node) AttrOK(name string) (string, bool) {
	if n == nil {
		return "", false
	}
	for _, a := range n.Attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// Kid returns the first child of that name in the namespaces of the protocol,
// or nil.
func (n *Node) Kid(name string) *Node {
	if n == nil {
		return nil
	}
	for _, k := range n.Kids {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Path follows child names from n; nil when one is missing.
func (n *Node) Path(names ...string) *Node {
	for _, name := range names {
		n = n.Kid(name)
	}
	return n
}

// KidText returns the text of the first child of that name, "" when absent.
func (n *Node) KidText(name string) string {
	if k := n.Kid(name); k != nil {
		return k.Text
	}
	return ""
}

// All returns the children, nil for a nil node.
func (n *Node) All() []*Node {
	if n == nil {
		return nil
	}
	return n.Kids
}

// First returns the first child or nil.
func (n *Node) First() *Node {
	if n == nil || len(n.Kids) == 0 {
		return nil
	}
	return n.Kids[0]
}
