package ewssim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest sends arbitrary operations to a server with a few items. Whatever
// comes, the answer is well-formed.
func FuzzRequest(f *testing.F) {
	o := newOffice(f, Options{Record: func(Exchange) {}})
	r := o.create(timed("x", "2026-03-27T07:00:00Z", "2026-03-27T07:15:00Z") + daily + fleZone)
	occ := `<t:OccurrenceItemId RecurringMasterId="` + r.id + `" InstanceIndex="2"/>`
	for _, s := range []string{
		getCalendar, syncBody("", "5"), syncBody("AAAA", "5"), createBody(calendarItem(timed("x", "2026-03-03T08:00:00", "2026-03-03T09:00:00Z")+guests+daily), "SendToNone"),
		updateBody("AutoResolve", "SendToNone", r.xml("ItemId"), setField("item:Subject", "<t:Subject>y</t:Subject>")),
		updateBody("AlwaysOverwrite", "SendToNone", occ, setField("calendar:Start", "<t:Start>2026-03-28T08:00:00Z</t:Start>")),
		updateBody("AlwaysOverwrite", "SendToNone", "", `<t:DeleteItemField/>`),
		viewBody("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z", field1("calendar:Start")),
		`<m:GetItem>` + shapeXML("AllProperties", "") + `<m:ItemIds>` + occ + r.xml("ItemId") + `</m:ItemIds></m:GetItem>`,
		`<m:FindItem Traversal="Shallow">` + shapeXML("IdOnly", "") + `<m:Restriction><t:And><t:Not/><t:IsEqualTo/></t:And></m:Restriction><m:SortOrder><t:FieldOrder/></m:SortOrder><m:ParentFolderIds>` + calendarID + `</m:ParentFolderIds></m:FindItem>`,
		subscribeBody("PullSubscriptionRequest", "<t:Timeout>10</t:Timeout>"), `<m:ResolveNames ReturnFullContactData="1"><m:UnresolvedEntry>a</m:UnresolvedEntry></m:ResolveNames>`,
		`<m:GetUserAvailabilityRequest/>`, `<m:ConvertId/>`, `<m:CreateUserConfiguration/>`, `<m:GetServerTimeZones><m:Ids/></m:GetServerTimeZones>`, `<m:MoveItem/>`, `<m:CreateFolder/>`, `<m:SyncFolderHierarchy/>`,
		`<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:AcceptItem/><t:CancelCalendarItem/></m:Items></m:CreateItem>`, deleteBody("HardDelete", occ), `<m:Subscribe/>`, `<m:ExpandDL/>`, `<m:FindFolder/>`,
		createBody(calendarItem(`<t:MimeContent>QkVHSU46VkVWRU5UCkRUU1RBUlQ6MjAyNjAzMDNUMDgwMDAwWgpSUlVMRTpGUkVRPURBSUxZCkVORDpWRVZFTlQK</t:MimeContent>`), "SendToNone"),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		req := httptest.NewRequestWithContext(o.Gate().ConnContext(t.Context(), nil), http.MethodPost, "/ews/exchange.asmx", strings.NewReader(o.envelope(body)))
		req.SetBasicAuth("anna", "pw-anna")
		if strings.Contains(body, "GetStreamingEvents") {
			return // it would wait
		}
		rec := httptest.NewRecorder()
		o.Handler().ServeHTTP(rec, req)
		if rec.Code != http.StatusOK && rec.Code != http.StatusInternalServerError && rec.Code != http.StatusBadRequest {
			t.Fatalf("status = %d", rec.Code)
		}
		if _, err := parse(rec.Body.Bytes()); err != nil {
			t.Fatalf("answer does not parse: %v\n%s", err, rec.Body)
		}
	})
}
