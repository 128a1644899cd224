package foreign

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

func TestCurl_FindsDistinguishedFolders(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	names := strings.Fields("root msgfolderroot calendar inbox contacts tasks sentitems drafts deleteditems junkemail outbox")
	codes := slices.Repeat([]string{"NoError"}, len(names))

	own := o.curl(t, "getfolder", values{"Folders": names}).expect(t, codes...)
	named := o.curl(t, "getfolder", values{"Folders": names, "Mailbox": anna}).expect(t, codes...)
	if diff := cmp.Diff(own.attrs("FolderId", "Id"), named.attrs("FolderId", "Id")); diff != "" {
		t.Errorf("ids without and with the mailbox named (-without +with)\n%s", diff)
	}
	if got := own.texts("DisplayName"); !slices.Contains(got, "Calendar") {
		t.Errorf("display names = %v, want Calendar among them", got)
	}
	byID := o.curl(t, "getfolder", values{"IDs": own.attrs("FolderId", "Id")}).expect(t, codes...)
	if diff := cmp.Diff(own.texts("DisplayName"), byID.texts("DisplayName")); diff != "" {
		t.Errorf("names by id (-want +got)\n%s", diff)
	}
}

// DavMail identifies folders and notices changes in them by these tags.
func TestCurl_ComputesFolderTags(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	tags := []values{}
	for _, tag := range [][2]string{{"0x3008", "SystemTime"}, {"0x670a", "SystemTime"}, {"0x3602", "Integer"}, {"0x3603", "Integer"}, {"0x360a", "Boolean"}, {"0x3613", "String"}} {
		tags = append(tags, values{"Tag": tag[0], "Type": tag[1]})
	}
	ask := func() map[string]string {
		got := o.curl(t, "getfolder", values{"Folders": []string{"calendar"}, "Shape": "IdOnly", "Tags": tags}).expect(t, "NoError")
		out := make(map[string]string)
		for _, p := range got.all("ExtendedProperty") {
			out[p.first("ExtendedFieldURI").attr["PropertyTag"]] = p.first("Value").text
		}
		return out
	}
	before := ask()
	if before["0x3613"] != "IPF.Appointment" || before["0x3602"] != "0" || len(before["0x3008"]) != 20 || len(before["0x670a"]) != 20 {
		t.Errorf("tags = %v", before)
	}
	o.entries(t, 2)
	if after := ask(); after["0x3602"] != "2" {
		t.Errorf("content count after two entries = %q, want 2", after["0x3602"])
	}
}

func TestCurl_ListsMakesAndRemovesFolders(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	find := func(v values) answer { return o.curl(t, "findfolder", v).expect(t, "NoError") }

	if got := find(values{"Traversal": "Shallow"}).texts("DisplayName"); !slices.Contains(got, "Calendar") || !slices.Contains(got, "Inbox") {
		t.Errorf("folders = %v", got)
	}
	if got := find(values{"Traversal": "Deep", "Class": "IPF.Appointment"}).texts("DisplayName"); cmp.Diff([]string{"Calendar"}, got) != "" {
		t.Errorf("calendar folders = %v, want the calendar", got)
	}
	// A client exists that asks for ever when an empty list has no root folder.
	none := find(values{"Traversal": "Deep", "Name": "No such folder"}).first("RootFolder")
	if none.attr["TotalItemsInView"] != "0" || none.attr["IncludesLastItemInRange"] != "true" {
		t.Errorf("attributes of an empty list = %v", none.attr)
	}
	tree := o.curl(t, "syncfolderhierarchy", nil).expect(t, "NoError")
	made := o.curl(t, "createfolder", nil).expect(t, "NoError")
	id := made.first("FolderId").attr["Id"]
	if got := find(values{"Traversal": "Deep", "Name": "davmailtemp"}).attrs("FolderId", "Id"); cmp.Diff([]string{id}, got) != "" {
		t.Errorf("the new folder is found as %v, want %v", got, id)
	}
	next := o.curl(t, "syncfolderhierarchy", values{"State": tree.first("SyncState").text}).expect(t, "NoError")
	if got := next.first("Create").first("DisplayName").text; got != "davmailtemp" {
		t.Errorf("new folder in the feed = %q", got)
	}
	o.curl(t, "deletefolder", values{"ID": id}).expect(t, "NoError")
	if got := find(values{"Traversal": "Deep", "Name": "davmailtemp"}).all("FolderId"); len(got) != 0 {
		t.Errorf("the folder is still found after it was deleted")
	}
}

func TestCurl_ReadsASharedFolderAlone(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	ask := func(code string) {
		t.Helper()
		o.curl(t, "getfolder", values{"Folders": []string{"root", "calendar"}, "Mailbox": cleo}).expect(t, "ErrorAccessDenied", code)
	}
	ask("ErrorAccessDenied")
	if err := o.Share(cleo, "calendar", "anna", ewssim.RightRead); err != nil {
		t.Fatal(err)
	}
	ask("NoError")
	if err := o.Share(cleo, "calendar", "anna", ewssim.RightNone); err != nil {
		t.Fatal(err)
	}
	ask("ErrorAccessDenied")
}
