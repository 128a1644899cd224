package ewssim

import (
	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// shape is what a client wants to see of an item.
type shape struct {
	base     string // IdOnly, Default or AllProperties
	mime     bool
	bodyType string // Best, HTML, Text
	uris     map[string]bool
	dicts    map[string]bool // element names asked by IndexedFieldURI
	ext      []store.ExtKey  // as the client wrote them
	extKeys  []store.ExtKey  // the same, canonical
	full     bool            // GetItem; the others leave the costly properties out
}

// readShape reads ItemShape. A property that the requested schema does not have
// fails the whole request, as it breaks the schema.
func (c *call) readShape(full bool) (*shape, error) {
	n := c.req.Kid("ItemShape")
	if n == nil {
		return nil, invalid(c.req, "ItemShape is missing")
	}
	sh := &shape{base: n.KidText("BaseShape"), bodyType: n.KidText("BodyType"), full: full}
	switch sh.base {
	case "IdOnly", "Default", "AllProperties":
	default:
		return nil, invalid(n, "BaseShape %q is not one of IdOnly, Default, AllProperties", sh.base)
	}
	if v := n.KidText("IncludeMimeContent"); v != "" {
		b, err := parseBool(v)
		if err != nil {
			return nil, invalid(n, "IncludeMimeContent: %v", err)
		}
		if b && !full {
			return nil, faultf("ErrorInvalidPropertyForOperation", "MimeContent can only be had from GetItem.")
		}
		sh.mime = b
	}
	return sh, c.readPaths(n.Kid("AdditionalProperties"), sh)
}

func (c *call) readPaths(n *xmlnode.Node, sh *shape) error {
	if n == nil {
		return nil
	}
	sh.uris = make(map[string]bool, len(n.Kids))
	for _, p := range n.Kids {
		switch p.Name {
		case "FieldURI":
			uri := p.Attr("FieldURI")
			if !c.srv.tables.known(uri, c.schema) {
				return invalid(p, "FieldURI %q is not known to the requested version", uri)
			}
			sh.uris[uri] = true
		case "IndexedFieldURI":
			if d := plural(p.Attr("FieldURI")); d != "" {
				if sh.dicts == nil {
					sh.dicts = map[string]bool{}
				}
				sh.dicts[d] = true
			}
		case "ExtendedFieldURI":
			k, err := c.readExtKey(p)
			if err != nil {
				return err
			}
			sh.ext, sh.extKeys = append(sh.ext, k), append(sh.extKeys, canonical(k))
		default:
			return invalid(p, "the element %q is not a property path", p.Name)
		}
	}
	return nil
}

// wants decides whether a field is written.
func (sh *shape) wants(f *field, v schema) bool {
	if f.full && !sh.full {
		return false
	}
	if sh.uris[f.uri] || sh.dicts[f.name] {
		return true
	}
	switch sh.base {
	case "AllProperties":
		return !f.explicit && v >= f.since
	case "Default":
		return f.std
	}
	return false
}
