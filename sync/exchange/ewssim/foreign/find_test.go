package foreign

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

func constant(field, value string) string {
	return field + `<t:FieldURIOrConstant><t:Constant Value="` + value + `"/></t:FieldURIOrConstant>`
}

func TestCurl_RestrictsSortsAndPages(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	o.entries(t, 6)
	const (
		subject  = `<t:FieldURI FieldURI="item:Subject"/>`
		start    = `<t:FieldURI FieldURI="calendar:Start"/>`
		category = `<t:FieldURI FieldURI="item:Categories"/>`
		stamp    = `<t:ExtendedFieldURI ` + stampField + `/>`
		other    = `<t:ExtendedFieldURI PropertySetId="6f2f5a0e-5c4b-4c59-9a2f-0d6f6f0a7a12" PropertyName="Other" PropertyType="String"/>`
	)
	wrap := func(name, content string) string { return "<t:" + name + ">" + content + "</t:" + name + ">" }
	for _, tt := range []struct {
		name, restriction string
		want              []string
	}{
		{"equal", wrap("IsEqualTo", constant(subject, "Entry 3")), []string{"Entry 3"}},
		{"equal own property", wrap("IsEqualTo", constant(stamp, "activity;4")), []string{"Entry 4"}},
		{"one of several categories", wrap("IsEqualTo", constant(category, "C1")), []string{"Entry 1", "Entry 3", "Entry 5"}},
		{"greater", wrap("IsGreaterThan", constant(start, "2026-03-05T09:00:00Z")), []string{"Entry 5"}},
		{"greater or equal", wrap("IsGreaterThanOrEqualTo", constant(start, "2026-03-05T09:00:00Z")), []string{"Entry 4", "Entry 5"}},
		{"less, by an offset", wrap("IsLessThan", constant(start, "2026-03-02T11:00:00+02:00")), []string{"Entry 0"}},
		{"less or equal", wrap("IsLessThanOrEqualTo", constant(start, "2026-03-02T09:00:00Z")), []string{"Entry 0", "Entry 1"}},
		{"exists", wrap("Exists", stamp), []string{"Entry 0", "Entry 1", "Entry 2", "Entry 3", "Entry 4", "Entry 5"}},
		{"exists nowhere", wrap("Exists", other), nil},
		{"contains", `<t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase">` + subject + `<t:Constant Value="TRY 2"/></t:Contains>`, []string{"Entry 2"}},
		{"prefix", `<t:Contains ContainmentMode="Prefixed" ContainmentComparison="Exact">` + subject + `<t:Constant Value="ntry"/></t:Contains>`, nil},
		{
			"and, or, not", wrap("And", wrap("Or", wrap("IsEqualTo", constant(subject, "Entry 1"))+wrap("IsEqualTo", constant(subject, "Entry 2")))+
				wrap("Not", wrap("IsEqualTo", constant(category, "C1")))),
			[]string{"Entry 2"},
		},
	} {
		got := o.curl(t, "finditem", values{"Restriction": tt.restriction}).expect(t, "NoError")
		names := got.texts("Subject")
		slices.Sort(names)
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
		root := got.first("RootFolder").attr
		if root["IncludesLastItemInRange"] != "true" || root["TotalItemsInView"] == "" {
			t.Errorf("%s: attributes of the list = %v", tt.name, root)
		}
	}
	sort := `<t:FieldOrder Order="Descending">` + start + `</t:FieldOrder>`
	page := o.curl(t, "finditem", values{"Sort": sort, "Max": "2", "Offset": "2", "Extended": []string{stampField}}).expect(t, "NoError")
	if diff := cmp.Diff([]string{"Entry 3", "Entry 2"}, page.texts("Subject")); diff != "" {
		t.Errorf("second page, latest first (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"activity;3", "activity;2"}, page.texts("Value")); diff != "" {
		t.Errorf("own property in the list (-want +got)\n%s", diff)
	}
	root := page.first("RootFolder").attr
	if root["IndexedPagingOffset"] != "4" || root["TotalItemsInView"] != "6" || root["IncludesLastItemInRange"] != "false" {
		t.Errorf("attributes of the second page = %v", root)
	}
}

func TestCurl_ViewsPartOfTheCalendar(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	o.entries(t, 6)
	view := func(start, end string) []string {
		got := o.curl(t, "finditem", values{"View": true, "Start": start, "End": end}).expect(t, "NoError")
		if a := got.first("RootFolder").attr; a["IncludesLastItemInRange"] != "true" || a["TotalItemsInView"] == "" {
			t.Errorf("attributes of the view = %v", a)
		}
		return got.texts("Subject")
	}
	if diff := cmp.Diff([]string{"Entry 1", "Entry 2"}, view("2026-03-02T09:30:00Z", "2026-03-04T09:00:00Z")); diff != "" {
		t.Errorf("view that cuts an entry (-want +got)\n%s", diff)
	}
	if got := view("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"); len(got) != 0 {
		t.Errorf("empty view = %v", got)
	}
}
