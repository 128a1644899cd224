package ewssim

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// filled puts n entries into Anna's calendar.
func filled(t testing.TB, n int) *office {
	o := newOffice(t, Options{Record: func(Exchange) {}})
	for i := range n {
		start := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 37 * time.Minute)
		if _, err := o.Put(anna, "", Item{
			Subject: fmt.Sprintf("entry %d", i), Start: start, End: start.Add(time.Hour), Location: "room 4",
			Body: Body{Text: strings.Repeat("some words of a body ", 10)},
		}); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// pull reads the whole calendar: the feed in pages of 512, items in hundreds.
func (o *office) pull() (requests, items int) {
	state := ""
	for {
		n := o.call(syncBody(state, "512"))
		requests++
		ids := all(n, "ItemId")
		for len(ids) > 0 {
			k := min(len(ids), 100)
			var b strings.Builder
			for _, id := range ids[:k] {
				b.WriteString(`<t:ItemId Id="` + id.Attr("Id") + `"/>`)
			}
			ids = ids[k:]
			got := o.call(`<m:GetItem>` + shapeXML("AllProperties", "") + `<m:ItemIds>` + b.String() + `</m:ItemIds></m:GetItem>`)
			requests++
			items += len(all(got, "CalendarItem"))
		}
		state = all(n, "SyncState")[0].Text
		if all(n, "IncludesLastItemInRange")[0].Text == "true" {
			return requests, items
		}
	}
}

func TestPull_TakesOneRequestForEachPage(t *testing.T) {
	o := filled(t, 1300)
	requests, items := o.pull()
	if items != 1300 || requests != 3+6+6+3 {
		t.Errorf("%d items in %d requests, want 1300 in 18", items, requests)
	}
}

func BenchmarkPull(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			o := filled(b, n)
			runtime.GC()
			runtime.ReadMemStats(&after)
			for b.Loop() {
				o.pull()
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "heap-B/item")
		})
	}
}

func BenchmarkFindByProperty(b *testing.B) {
	o := filled(b, 10000)
	find := `<m:FindItem Traversal="Shallow">` + shapeXML("IdOnly", "") + `<m:IndexedPageItemView MaxEntriesReturned="10" Offset="0" BasePoint="Beginning"/><m:Restriction><t:Exists><t:ExtendedFieldURI PropertySetId="5e2b3c4d-0001-4002-8003-1234567890ab" PropertyName="Key" PropertyType="String"/></t:Exists></m:Restriction><m:ParentFolderIds>` + calendarID + `</m:ParentFolderIds></m:FindItem>`
	for b.Loop() {
		o.call(find)
	}
}

func BenchmarkIdleSync(b *testing.B) {
	o := filled(b, 10000)
	state := ""
	for {
		n := o.call(syncBody(state, "512"))
		state = all(n, "SyncState")[0].Text
		if all(n, "IncludesLastItemInRange")[0].Text == "true" {
			break
		}
	}
	for b.Loop() {
		o.call(syncBody(state, "512"))
	}
}
