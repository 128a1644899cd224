package exchange_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
)

// scripted is Anna's calendar on a server that answers each operation with the response messages that a test wrote: those under "Op 2" the second time,
// else those under "Op".
func scripted(t *testing.T, answers map[string][]string) full {
	t.Helper()
	const form = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:%[1]sResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" ` +
		`xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>%[2]s</m:ResponseMessages></m:%[1]sResponse></s:Body></s:Envelope>`
	var mu sync.Mutex
	times := map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		for op, messages := range answers {
			if strings.Contains(string(b), "<m:"+op+">") || strings.Contains(string(b), "<m:"+op+" ") {
				mu.Lock()
				times[op]++
				if special, ok := answers[fmt.Sprint(op, " ", times[op])]; ok {
					messages = special
				}
				mu.Unlock()
				w.Header().Set("Content-Type", "text/xml; charset=utf-8")
				var all strings.Builder
				for _, m := range messages {
					class, code := "Success", "NoError"
					if strings.HasPrefix(m, "Error") {
						class, code, m = "Error", m, "<m:Items/>"
					}
					fmt.Fprintf(&all, `<m:%[1]sResponseMessage ResponseClass="%[2]s"><m:ResponseCode>%[3]s</m:ResponseCode>%[4]s</m:%[1]sResponseMessage>`, op, class, code, m)
				}
				_, _ = fmt.Fprintf(w, form, op, all.String())
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(s.Close)
	c, err := ews.New(ews.Options{
		URL: s.URL + "/EWS/Exchange.asmx", Auth: ews.AuthBearer, Token: func(context.Context) (string, error) { return "t", nil }, Now: time.Now, Timeout: 30 * time.Second, Repeats: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ep, _ := exchange.New(c, exchange.Options{}).Endpoint(anna, "").(full)
	return ep
}

const (
	wholeEntry = `<m:Items><t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/><t:ItemClass>IPM.Appointment</t:ItemClass><t:Subject>x</t:Subject>` +
		`<t:Start>2026-03-11T07:00:00Z</t:Start><t:End>2026-03-11T08:00:00Z</t:End><t:CalendarItemType>Single</t:CalendarItemType></t:CalendarItem></m:Items>`
	twoCreated = `<m:SyncState>S2</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes>` +
		`<t:Create><t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/></t:CalendarItem></t:Create><t:Create><t:CalendarItem><t:ItemId Id="B" ChangeKey="1"/></t:CalendarItem></t:Create></m:Changes>`
	twoFound = `<m:RootFolder IndexedPagingOffset="2" TotalItemsInView="2" IncludesLastItemInRange="true"><t:Items>` +
		`<t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/></t:CalendarItem><t:CalendarItem><t:ItemId Id="B" ChangeKey="1"/></t:CalendarItem></t:Items></m:RootFolder>`
)

// A code that speaks of the mailbox or the account can come with one item of a batch whose other items were read. It is no trouble of that item: half a
// page would be stored, and the cursor would go past the rest.
func TestRead_ATroubleOfTheCalendarInsideOneItemStopsTheBatch(t *testing.T) {
	for _, c := range []struct {
		code  string
		kind  endpoint.Kind
		scope endpoint.Scope
	}{
		{"ErrorMailboxMoveInProgress", endpoint.Unavailable, endpoint.ScopeCalendar},
		{"ErrorNonExistentMailbox", endpoint.NotFound, endpoint.ScopeCalendar},
		{"ErrorImpersonateUserDenied", endpoint.Forbidden, endpoint.ScopeCalendar},
		{"ErrorServerBusy", endpoint.Throttled, endpoint.ScopeAccount},
		{"ErrorPasswordExpired", endpoint.Auth, endpoint.ScopeAccount},
	} {
		t.Run(c.code, func(t *testing.T) {
			// Each call has a server of its own: a pause that one is told to make would meet the next.
			answers := map[string][]string{"SyncFolderItems": {twoCreated}, "FindItem": {twoFound}, "GetItem": {wholeEntry, c.code}}
			d, err := scripted(t, answers).Changes(t.Context(), "", event.Window{})
			wants(t, endpoint.As(err), c.kind, c.scope, c.code)
			if len(d.Changes) != 0 || d.Next != "" {
				t.Errorf("%d changes and cursor %q beside the error", len(d.Changes), d.Next)
			}
			got, err := scripted(t, answers).Get(t.Context(), []event.ID{"A", "B"})
			wants(t, endpoint.As(err), c.kind, c.scope, c.code)
			if len(got) != 0 {
				t.Errorf("%d entries beside the error", len(got))
			}
			hits, err := scripted(t, answers).FindStamped(t.Context(), "k")
			wants(t, endpoint.As(err), c.kind, c.scope, c.code)
			if len(hits) != 0 {
				t.Errorf("%d hits beside the error", len(hits))
			}
		})
	}
	// The same answers with a code of the item alone cost that item only.
	ep := scripted(t, map[string][]string{"SyncFolderItems": {twoCreated}, "GetItem": {wholeEntry, "ErrorItemCorrupt"}})
	d, err := ep.Changes(t.Context(), "", event.Window{})
	if err != nil || len(d.Changes) != 2 || d.Changes[0].Item == nil {
		t.Fatalf("changes = %+v, %v", d.Changes, err)
	}
	wants(t, d.Changes[1].Err, endpoint.Invalid, endpoint.ScopeItem, "ErrorItemCorrupt")
}

const (
	noneFound   = `<m:RootFolder IndexedPagingOffset="0" TotalItemsInView="0" IncludesLastItemInRange="true"><t:Items/></m:RootFolder>`
	noFolders   = `<m:RootFolder IndexedPagingOffset="0" TotalItemsInView="0" IncludesLastItemInRange="true"><t:Folders/></m:RootFolder>`
	oneFolder   = `<m:RootFolder IndexedPagingOffset="1" TotalItemsInView="1" IncludesLastItemInRange="true"><t:Folders><t:Folder><t:FolderId Id="F"/></t:Folder></t:Folders></m:RootFolder>`
	brokenStore = "ErrorInternalServerTransientError"
)

// Only a folder that is not there, or not for us, may be passed over: in any other an entry can lie.
func TestFind_AFolderThatCannotBeSearchedIsAnError(t *testing.T) {
	create := endpoint.Op{Kind: endpoint.Create, Stamp: event.Stamp{Office: "o", Key: "k"}}
	for _, c := range []struct {
		name          string
		lists, second []string // of the folders; in Deleted Items, the root and the folder
		found, settle bool     // whether the look-up and the settling give an answer
	}{
		{"all well", []string{oneFolder, noFolders, noFolders}, []string{noneFound, noneFound, noneFound}, true, true},
		{"a folder is gone", []string{oneFolder, noFolders, noFolders}, []string{noneFound, noneFound, "ErrorFolderNotFound"}, true, true},
		{"a folder is denied", []string{oneFolder, noFolders, "ErrorAccessDenied"}, []string{noneFound, "ErrorAccessDenied", noneFound}, true, true},
		{"a folder is broken", []string{oneFolder, noFolders, noFolders}, []string{noneFound, noneFound, brokenStore}, false, false},
		{"a list is broken", []string{oneFolder, noFolders, brokenStore}, []string{noneFound, noneFound, noneFound}, false, false},
		{"deleted items are denied", []string{oneFolder, noFolders, noFolders}, []string{"ErrorAccessDenied", noneFound, noneFound}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := map[string][]string{"FindItem": {noneFound}, "FindFolder": c.lists, "FindItem 2": c.second}
			hits, err := scripted(t, answers).FindStamped(t.Context(), "k")
			if (err == nil) != c.found || len(hits) != 0 {
				t.Errorf("found %d, %v, want an answer: %v", len(hits), err, c.found)
			}
			out, err := scripted(t, answers).Settle(t.Context(), create, startOfTests())
			if (err == nil) != c.settle || c.settle && out.Kind != endpoint.NotApplied {
				t.Errorf("outcome = %+v, %v, want an answer: %v", out, err, c.settle)
			}
		})
	}
}

// An entry that was found for one of several questions, nobody knows for which, answers all of them: none of these is believed to be deleted.
func TestFindEach_AHitWithoutItsPropertyAnswersAllQuestions(t *testing.T) {
	ep := scripted(t, map[string][]string{"FindItem": {strings.Replace(twoFound, `<t:CalendarItem><t:ItemId Id="B" ChangeKey="1"/></t:CalendarItem>`, "", 1)}, "GetItem": {wholeEntry}})
	found, err := ep.FindEach(t.Context(), []endpoint.Wanted{{Key: "k"}, {UID: "u"}})
	if err != nil || len(found) != 2 || len(found[0]) != 1 || len(found[1]) != 1 {
		t.Errorf("found %+v, %v, want the entry twice", found, err)
	}
}

// Every mailbox has folders: an empty list proves nothing, so no entry is gone on account of it.
func TestFind_AMailboxWithoutFoldersIsAnError(t *testing.T) {
	ep := scripted(t, map[string][]string{"FindItem": {noneFound}, "FindFolder": {noFolders, noFolders, noFolders}})
	hits, err := ep.FindStamped(t.Context(), "k")
	wants(t, endpoint.As(err), endpoint.Internal, endpoint.ScopeCalendar, "no_folders")
	if len(hits) != 0 {
		t.Errorf("%d hits beside the error", len(hits))
	}
}

// A search that cannot be gone through to its end is an error, not its first page.
func TestFind_PagesThatStandStillAreAnError(t *testing.T) {
	ep := scripted(t, map[string][]string{"FindItem": {strings.Replace(twoFound, `IndexedPagingOffset="2" TotalItemsInView="2" IncludesLastItemInRange="true"`, `IndexedPagingOffset="0" IncludesLastItemInRange="false"`, 1)}})
	_, err := ep.FindStamped(t.Context(), "k")
	if e := endpoint.As(err); e == nil || e.Code != "paging_stands_still" {
		t.Errorf("error = %v", err)
	}
}
