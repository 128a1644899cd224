package xmlnode

import (
	"errors"
	"runtime"
	"strings"
	"testing"
)

func TestParse_IgnoresPrefixes(t *testing.T) {
	for _, doc := range []string{
		`<m:A xmlns:m="` + Messages + `" xmlns:t="` + Types + `"><t:B Id="1">x &amp; y</t:B><t:C/></m:A>`,
		`<A xmlns="` + Messages + `"><B xmlns="` + Types + `" Id="1">x &amp; y</B><C xmlns="` + Types + `"></C></A>`,
	} {
		n, err := Parse([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		if n.Space != Messages || n.Kid("B").Space != Types || n.KidText("B") != "x & y" || n.Kid("B").Attr("Id") != "1" || n.Kid("C") == nil {
			t.Errorf("tree of %s is wrong", doc)
		}
	}
}

func TestParse_RefusesBadDocuments(t *testing.T) {
	for name, doc := range map[string]string{
		"empty": "", "text": "x", "open": "<a>", "two roots": "<a/><b/>", "doctype": `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`,
		"control": "<a>\x00</a>", "encoding": `<?xml version="1.0" encoding="utf-16"?><a/>`,
	} {
		if _, err := Parse([]byte(doc)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := Parse([]byte(strings.Repeat("<a>", 100))); !errors.Is(err, ErrTooDeep) {
		t.Errorf("deep nesting: err = %v, want ErrTooDeep", err)
	}
}

func TestNilNode_IsEmpty(t *testing.T) {
	var n *Node
	if n.Kid("x") != nil || n.Attr("x") != "" || n.First() != nil || n.Path("a", "b") != nil || n.KidText("x") != "" || n.All() != nil {
		t.Error("a nil node is not empty")
	}
}

func TestWriter_WritesControlsAsAsked(t *testing.T) {
	for raw, want := range map[bool]string{false: "<a>x\uFFFDy</a>", true: "<a>x&#x1;y</a>"} {
		w := &Writer{RawControls: raw}
		w.Text("a", "x\x01y")
		if got := string(w.Bytes()); got != want {
			t.Errorf("raw=%v: %q, want %q", raw, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`<m:A xmlns:m="` + Messages + `"><t:B xmlns:t="` + Types + `" Id="1">x</t:B></m:A>`))
	f.Add([]byte(`<a b="&#x9;">` + "\u00e4" + `</a>`))
	f.Add([]byte(`<a x:0="1"/>`))
	f.Add([]byte(`<x:0 xmlns:x="urn:x"/>`))
	f.Add([]byte(`<a x:b:c="1"/>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		n, err := Parse(doc)
		if err != nil {
			return
		}
		w := &Writer{}
		w.Node(n)
		again, err := Parse(w.Bytes())
		if err != nil {
			t.Fatalf("written tree does not parse: %v\n%s", err, w.Bytes())
		}
		if again.Name != n.Name || len(again.Kids) != len(n.Kids) {
			t.Errorf("tree changed: %s", w.Bytes())
		}
	})
}

func TestParse_HostileDocumentsCostLittle(t *testing.T) {
	for name, doc := range map[string]string{
		"elements":   "<a>" + strings.Repeat("<b/>", 4<<20) + "</a>",
		"attributes": "<a " + strings.Repeat("b='' ", 3<<20) + "/>",
		"depth":      strings.Repeat("<b>", 5<<20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Parse([]byte(doc))
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: it was read", name)
		}
		// All that was allocated, garbage too, and the copy that the test made.
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 64<<20 {
			t.Errorf("%s: it cost %d MiB", name, cost>>20)
		}
	}
}
