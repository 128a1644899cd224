package foreign

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

// ewsjs runs one action of the driver. LOCKSTEP_NODE names the folder into which make setup installed the packages; by default it is .cache/node.
func ewsjs[T any](t *testing.T, c config, action string) T {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node")
	}
	dir := os.Getenv("LOCKSTEP_NODE")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", ".cache", "node")
	}
	modules, err := filepath.Abs(filepath.Join(dir, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "ews-javascript-api")); err != nil {
		missing(t, "ews-javascript-api")
	}
	c["action"] = action
	env := []string{"NODE_PATH=" + modules}
	if c["ca"] != "" {
		env = append(env, "NODE_EXTRA_CA_CERTS="+c["ca"].(string))
	}
	return talk[T](t, c, env, node, filepath.Join("testdata", "ewsjs", "driver.js"))
}

type jsLifecycle struct {
	Before, Created, Deleted, Idle map[string]int
	Got                            struct{ Subject, Start, End, Location, Body, Stamped, Type string }
	Changed                        struct{ Subject, Start, End string }
	KeyChanged                     bool
	Batch, Stale                   string
	BatchCount                     int
	Found, Bound                   []string
}

func TestEWSJS_CreatesChangesDeletesAndSyncs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, auth, access, mailbox, version string
		secure                               bool
	}{
		{"NTLM, impersonating, HTTPS", "ntlm", "impersonation", anna, "Exchange2016", true},
		{"Basic, as delegate, HTTP", "basic", "delegate", bert, "Exchange2010_SP2", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := open(t, ewssim.Options{Auth: ewssim.AuthBoth}, tt.secure)
			got := ewsjs[jsLifecycle](t, o.config(tt.auth, tt.access, tt.mailbox, config{"version": tt.version}), "lifecycle")
			var want jsLifecycle
			want.Before, want.Idle = map[string]int{}, map[string]int{}
			want.Created, want.Deleted = map[string]int{"Create": 26}, map[string]int{"Delete": 5}
			want.Got.Subject, want.Got.Location, want.Got.Body = "From JavaScript", "Sali Ä", "First line\nSecond line"
			want.Got.Start, want.Got.End = "2026-03-10T07:00:00Z", "2026-03-10T08:30:00Z"
			want.Got.Stamped, want.Got.Type = "activity;42", "Single"
			want.Changed.Subject, want.Changed.Start, want.Changed.End = "Changed", "2026-03-11T07:00:00Z", "2026-03-11T08:00:00Z"
			want.KeyChanged, want.Batch, want.BatchCount = true, "Success", 25
			want.Stale = "error: ErrorIrresolvableConflict"
			want.Found, want.Bound = []string{"Changed"}, []string{"ErrorItemNotFound", "NoError"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := o.wrote("CreateItem", tt.mailbox); got != 26 {
				t.Errorf("entries created at the server = %d, want 26", got)
			}
			if mail := o.Mail(); len(mail) != 0 {
				t.Errorf("%d mails were sent, want none", len(mail))
			}
			s := o.Gate().Stats()
			if len(s.Refused) != 0 || s.Orphans != 0 || (tt.auth == "ntlm") != (s.Handshakes > 0) || (tt.auth == "basic") != (s.Basic > 0) {
				t.Errorf("sign-in counters with %s = %+v", tt.auth, s)
			}
		})
	}
}

func TestEWSJS_SeesSeriesExpandedWithExceptions(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	type series struct {
		View                      [][4]string
		Total, Number             int
		Modified                  [][2]string
		Deleted                   []string
		Pattern, MasterType, Gone string
		Back                      bool
	}
	got := ewsjs[series](t, o.config("ntlm", "impersonation", anna, nil), "series")
	want := series{
		View: [][4]string{
			{"Weekly", "2026-03-16T09:00:00Z", "2026-03-16T10:00:00Z", "Occurrence"},
			{"Weekly", "2026-03-23T09:00:00Z", "2026-03-23T10:00:00Z", "Occurrence"},
			{"Weekly, moved", "2026-03-31T14:00:00Z", "2026-03-31T15:00:00Z", "Exception"},
			{"Weekly", "2026-04-13T09:00:00Z", "2026-04-13T10:00:00Z", "Occurrence"},
		},
		Total: 4, Number: 5, Modified: [][2]string{{"2026-03-30T09:00:00Z", "2026-03-31T14:00:00Z"}}, Deleted: []string{"2026-04-06T09:00:00Z"},
		Pattern: "WeeklyPattern", MasterType: "RecurringMaster", Gone: "error: ErrorCalendarOccurrenceIsDeletedFromRecurrence", Back: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEWSJS_ReadsZonesNamesAndFolders(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	type directory struct {
		Zones, Total            int
		Finnish                 bool
		Names                   []string
		Folder, Server, Unknown string
	}
	got := ewsjs[directory](t, o.config("ntlm", "impersonation", anna, config{"name": "Bert"}), "directory")
	if got.Zones < 100 {
		t.Errorf("%d time zones, want at least 100", got.Zones)
	}
	got.Zones = 0
	want := directory{Finnish: true, Names: []string{bert}, Folder: "Calendar", Server: "15.1", Unknown: "error: ErrorInvalidIdMalformed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEWSJS_HearsOfChangesWhileTheStreamIsOpen(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{"ntlm", "basic"} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			o := open(t, ewssim.Options{Auth: ewssim.AuthBoth, Switches: ewssim.Switches{MessagesNotification: auth == "basic"}}, auth == "ntlm")
			got := ewsjs[struct {
				Kinds []string
				About bool
			}](t, o.config(auth, "impersonation", anna, nil), "streaming")
			want := map[string]bool{"Created": true, "Deleted": true}
			for _, k := range got.Kinds {
				delete(want, k)
			}
			if len(want) != 0 || !got.About {
				t.Errorf("heard of %v, about the entry: %t; lacking %v", got.Kinds, got.About, want)
			}
		})
	}
}
