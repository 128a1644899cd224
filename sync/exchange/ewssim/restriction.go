package ewssim

import (
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// filter decides whether an item is found.
type filter func(*store.Item) bool

// readFilter reads a search expression.
func (c *call) readFilter(n *xmlnode.Node) (filter, error) {
	if n == nil {
		return func(*store.Item) bool { return true }, nil
	}
	switch n.Name {
	case "And", "Or":
		return c.readJunction(n)
	case "Not":
		f, err := c.readFilter(orEmpty(n.First()))
		return func(it *store.Item) bool { return !f(it) }, err
	}
	if len(n.Kids) == 0 {
		return nil, invalid(n, "the element %q is not a search expression", n.Name)
	}
	get, err := c.getterOf(n.Kids[0])
	if err != nil {
		return nil, err
	}
	switch n.Name {
	case "Exists":
		return func(it *store.Item) bool { return get(it).ok }, nil
	case "Contains":
		return readContains(n, get)
	case "Excludes":
		return readExcludes(n, get)
	}
	return c.readComparison(n, get)
}

func (c *call) readJunction(n *xmlnode.Node) (filter, error) {
	var fs []filter
	for _, k := range n.Kids {
		f, err := c.readFilter(k)
		if err != nil {
			return nil, err
		}
		fs = append(fs, f)
	}
	if n.Name == "And" {
		return func(it *store.Item) bool {
			return !slices.ContainsFunc(fs, func(f filter) bool { return !f(it) })
		}, nil
	}
	return func(it *store.Item) bool {
		return slices.ContainsFunc(fs, func(f filter) bool { return f(it) })
	}, nil
}

func readContains(n *xmlnode.Node, get getter) (filter, error) {
	want := n.Kid("Constant").Attr("Value")
	fold := strings.Contains(n.Attr("ContainmentComparison"), "IgnoreCase") || strings.Contains(n.Attr("ContainmentComparison"), "Loose")
	if fold {
		want = strings.ToLower(want)
	}
	mode := n.Attr("ContainmentMode")
	one := func(s string) bool {
		if fold {
			s = strings.ToLower(s)
		}
		switch mode {
		case "FullString":
			return s == want
		case "Prefixed":
			return strings.HasPrefix(s, want)
		case "PrefixOnWords":
			return slices.ContainsFunc(strings.Fields(s), func(w string) bool { return strings.HasPrefix(w, want) })
		}
		return strings.Contains(s, want)
	}
	return func(it *store.Item) bool {
		v := get(it)
		if v.kind == isList {
			return slices.ContainsFunc(v.list, one)
		}
		return v.ok && one(v.text)
	}, nil
}

func readExcludes(n *xmlnode.Node, get getter) (filter, error) {
	mask, err := strconv.ParseInt(n.Kid("Bitmask").Attr("Value"), 0, 64)
	if err != nil {
		return nil, problemf("ErrorInvalidExcludesRestriction", "The bitmask is not a number.")
	}
	return func(it *store.Item) bool {
		v := get(it)
		return v.ok && v.kind == isNumber && int64(v.num)&mask == 0
	}, nil
}

var comparisons = map[string]func(int) bool{
	"IsEqualTo":              func(c int) bool { return c == 0 },
	"IsNotEqualTo":           func(c int) bool { return c != 0 },
	"IsGreaterThan":          func(c int) bool { return c > 0 },
	"IsGreaterThanOrEqualTo": func(c int) bool { return c >= 0 },
	"IsLessThan":             func(c int) bool { return c < 0 },
	"IsLessThanOrEqualTo":    func(c int) bool { return c <= 0 },
}

func (c *call) readComparison(n *xmlnode.Node, get getter) (filter, error) {
	holds := comparisons[n.Name]
	if holds == nil {
		return nil, invalid(n, "the element %q is not a search expression", n.Name)
	}
	other := n.Kid("FieldURIOrConstant").First()
	if other == nil {
		return nil, invalid(n, "%s compares with nothing", n.Name)
	}
	if other.Name != "Constant" {
		get2, err := c.getterOf(other)
		return func(it *store.Item) bool { return holds(order(get(it), get2(it))) }, err
	}
	constant := other.Attr("Value")
	return func(it *store.Item) bool {
		v := get(it)
		if !v.ok {
			return n.Name == "IsNotEqualTo"
		}
		// A list equals a constant when it holds it.
		if v.kind == isList {
			in := slices.ContainsFunc(v.list, func(s string) bool { return strings.EqualFold(s, constant) })
			return in == (n.Name == "IsEqualTo")
		}
		cmp, fits := compare(v, constant)
		return fits && holds(cmp)
	}, nil
}

// folderFilter reads a restriction on folders: their name and class.
func (c *call) folderFilter(n *xmlnode.Node) (func(*store.Folder) bool, error) {
	f, err := c.readFilter(n.First())
	if err != nil || n == nil {
		return func(*store.Folder) bool { return true }, err
	}
	return func(fo *store.Folder) bool {
		// Folders are searched through an item that has their names.
		it := &store.Item{Elem: "Item", Subject: fo.Name, ItemClass: fo.Class}
		it.SetExt(store.Ext{Key: store.ExtKey{Tag: "0x3001", Type: "String"}, Values: []string{fo.Name}})
		it.SetExt(store.Ext{Key: store.ExtKey{Tag: "0x3613", Type: "String"}, Values: []string{fo.Class}})
		it.SetProp("DisplayName", "<t:DisplayName>"+escapeText(fo.Name)+"</t:DisplayName>")
		it.SetProp("FolderClass", "<t:FolderClass>"+escapeText(fo.Class)+"</t:FolderClass>")
		return f(it)
	}, nil
}

func escapeText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
