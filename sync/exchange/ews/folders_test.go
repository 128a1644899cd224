package ews_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ews"
)

// folderPageOf is a page of a folder search; next is the offset of the page after it, 0 for none.
func folderPageOf(next int, elements ...string) string {
	last := "true"
	if next > 0 {
		last = "false"
	}
	return fmt.Sprintf(`<m:RootFolder IndexedPagingOffset="%d" TotalItemsInView="9" IncludesLastItemInRange="%s"><t:Folders>%s</t:Folders></m:RootFolder>`, next, last, strings.Join(elements, ""))
}

func folderElement(kind, id string) string {
	return fmt.Sprintf(`<t:%[1]s><t:FolderId Id="%[2]s" ChangeKey="K"/></t:%[1]s>`, kind, id)
}

func folderIDs(l ews.FolderList) []string {
	var out []string
	for _, f := range l.Folders {
		out = append(out, f.ID.ID)
	}
	return out
}

func TestFindFolder_ReadsAllPagesOfEachParent(t *testing.T) {
	const op = "FindFolder"
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, body string) {
		if strings.Contains(body, `Offset="2"`) {
			write(w, http.StatusOK, response(op, success(op, folderPageOf(0, folderElement("TasksFolder", "T")))))
			return
		}
		write(w, http.StatusOK, response(op,
			success(op, folderPageOf(2, folderElement("CalendarFolder", "C"), folderElement("SearchFolder", "S"))),
			failure(op, "ErrorAccessDenied", ""), success(op, folderPageOf(0, folderElement("Folder", "D")))))
	})
	lists, err := newClient(t, s.options()).Mailbox("anna@example.com").FindFolder(t.Context(),
		ews.FolderRef{Name: ews.FolderMessageRoot}, ews.FolderRef{Name: ews.FolderInbox}, ews.FolderRef{Name: ews.FolderDeletedItems})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"C", "T"}, nil, {"D"}}, [][]string{folderIDs(lists[0]), folderIDs(lists[1]), folderIDs(lists[2])}); diff != "" {
		t.Error(diff)
	}
	wantClass(t, lists[1].Err, ews.ClassCalendarForbidden)
	if lists[0].Err != nil || lists[2].Err != nil {
		t.Errorf("errors are %v and %v", lists[0].Err, lists[2].Err)
	}
	rec := s.recorded()
	if len(rec) != 2 || strings.Contains(rec[1].body, "inbox") || !strings.Contains(rec[1].body, "msgfolderroot") {
		t.Errorf("%d requests; the second has to go on with the first parent alone", len(rec))
	}
}

func TestFindFolder_NeverTakesAPartForTheWhole(t *testing.T) {
	const op = "FindFolder"
	for name, content := range map[string]string{
		"no list":             "",
		"no end mark":         `<m:RootFolder><t:Folders/></m:RootFolder>`,
		"pages stand still":   `<m:RootFolder IndexedPagingOffset="0" IncludesLastItemInRange="false"><t:Folders>` + folderElement("Folder", "F") + `</t:Folders></m:RootFolder>`,
		"a folder with no id": folderPageOf(0, folderElement("Folder", "F"), `<t:Folder/>`),
	} {
		t.Run(name, func(t *testing.T) {
			lists, err := scripted(t, response(op, success(op, content))).FindFolder(t.Context(), ews.FolderRef{Name: ews.FolderMessageRoot})
			if err != nil {
				t.Fatal(err)
			}
			wantClass(t, lists[0].Err, ews.ClassProtocol)
			if len(lists[0].Folders) != 0 {
				t.Errorf("%d folders beside the error", len(lists[0].Folders))
			}
		})
	}
	// A later page that fails takes the earlier ones along.
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, n int, _ string) {
		if n == 1 {
			write(w, http.StatusOK, response(op, success(op, folderPageOf(1, folderElement("Folder", "F")))))
			return
		}
		write(w, http.StatusOK, response(op, failure(op, "ErrorServerBusy", "")))
	})
	lists, err := newClient(t, s.options()).Mailbox("anna@example.com").FindFolder(t.Context(), ews.FolderRef{Name: ews.FolderMessageRoot})
	if err != nil || len(lists[0].Folders) != 0 {
		t.Fatal(lists, err)
	}
	wantClass(t, lists[0].Err, ews.ClassThrottled)
}

func TestFindFolder_RefusesBeforeSending(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	m := newClient(t, s.options()).Mailbox("anna@example.com")
	_, err := m.FindFolder(t.Context(), ews.FolderRef{})
	wantClass(t, err, ews.ClassInvalid)
	_, err = m.FindItemIn(t.Context(), ews.FindAnyRequest{Folders: []ews.FolderRef{calendar()}})
	wantClass(t, err, ews.ClassInvalid)
	lists, err1 := m.FindFolder(t.Context())
	found, err2 := m.FindItemIn(t.Context(), ews.FindAnyRequest{})
	if len(lists)+len(found) != 0 || err1 != nil || err2 != nil || len(s.recorded()) != 0 {
		t.Errorf("nothing to ask for gave %v, %v and %d requests", err1, err2, len(s.recorded()))
	}
}

func TestFindItemIn_KeepsOrderAndOutcomePerFolder(t *testing.T) {
	const op = "FindItem"
	page := func(id string) string {
		return `<m:RootFolder IndexedPagingOffset="1" TotalItemsInView="1" IncludesLastItemInRange="true"><t:Items><t:CalendarItem><t:ItemId Id="` + id + `"/></t:CalendarItem></t:Items></m:RootFolder>`
	}
	m := scripted(t, response(op, success(op, page("A")), failure(op, "ErrorFolderNotFound", ""), success(op, `<m:RootFolder><t:Items/></m:RootFolder>`), success(op, page("D"))))
	rs, err := m.FindItemIn(t.Context(), ews.FindAnyRequest{
		Folders: []ews.FolderRef{calendar(), calendar(), calendar(), calendar(), calendar()}, AnyOf: []ews.PropertyValue{{Property: stamp(), Value: "k"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if rs[0].Err != nil || rs[3].Err != nil || rs[0].Page.Items[0].ID.ID != "A" || rs[3].Page.Items[0].ID.ID != "D" || !rs[3].Page.Last {
		t.Errorf("good folders are %+v and %+v", rs[0], rs[3])
	}
	wantClass(t, rs[1].Err, ews.ClassCalendarNotFound)
	wantClass(t, rs[2].Err, ews.ClassProtocol)
	wantClass(t, rs[4].Err, ews.ClassProtocol) // the server forgot it
}
