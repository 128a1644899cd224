package foreign

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/sync/exchange/ewssim"
)

const davmailJar = "/usr/share/davmail/davmail.jar"

// davmail starts DavMail in front of the office and returns the address of its CalDAV service.
func davmail(t *testing.T, o office) string {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		missing(t, "java")
	}
	if _, err := os.Stat(davmailJar); err != nil {
		missing(t, "davmail-server")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // only to learn of a free port
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	_ = free.Close()
	dir := t.TempDir()
	_, port, _ := net.SplitHostPort(addr)
	settings := strings.Join([]string{
		"davmail.server=true", "davmail.mode=EWS", "davmail.url=" + o.url, "davmail.caldavPort=" + port, "davmail.bindAddress=127.0.0.1",
		"davmail.imapPort=", "davmail.ldapPort=", "davmail.popPort=", "davmail.smtpPort=", "davmail.disableUpdateCheck=true", "davmail.enableProxy=false",
		"davmail.logFilePath=" + filepath.Join(dir, "davmail.log"), "log4j.rootLogger=WARN", "davmail.caldavPastDelay=0", "davmail.allowRemote=false", "",
	}, "\n")
	file := filepath.Join(dir, "davmail.properties")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, java, "-Xmx256M", "-Duser.home="+dir, "-jar", davmailJar, "-server", file)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("DavMail said at last:\n%s", said.String()[max(0, said.Len()-6000):])
		}
	})
	await(t, addr)
	return "http://" + addr
}

// await returns when something listens at addr.
func await(t *testing.T, addr string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nothing listens at %s: %v", addr, err)
		case <-tick.C:
		}
	}
}

func TestDavMail_CarriesEntriesOverCalDAV(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	dav := office{url: davmail(t, o)}
	calendar := dav.url + "/users/" + anna + "/calendar/"
	call := func(method, path, body string, want int, args ...string) string {
		t.Helper()
		at := dav
		at.url = calendar + path
		got := at.raw(t, body, append([]string{"-X", method, "--basic", "-u", `OFFICE\anna:` + password}, args...)...)
		if got.status != want {
			t.Fatalf("%s %q: %d, want %d\n%s", method, path, got.status, want, got.body)
		}
		return got.body
	}
	event := func(subject, hour string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:by-hand-1\r\nDTSTAMP:20260301T080000Z\r\n" +
			fmt.Sprintf("DTSTART;TZID=FLE Standard Time:20260305T%s0000\r\nDTEND;TZID=FLE Standard Time:20260305T%s3000\r\nSUMMARY:%s\r\n", hour, hour, subject) +
			"LOCATION:Sali Ä\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	ical := []string{"-H", "Content-Type: text/calendar; charset=utf-8"}
	call("PUT", "by-hand-1.ics", event("Over CalDAV", "09"), 201, ical...)
	if got := call("GET", "by-hand-1.ics", "", 200); !strings.Contains(got, "SUMMARY:Over CalDAV") || !strings.Contains(got, "T090000") {
		t.Errorf("entry comes back as %q", got)
	}
	o.entries(t, 2)
	list := `<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>`
	if got := call("PROPFIND", "", list, 207, "-H", "Depth: 1"); strings.Count(got, "getetag>") < 6 {
		t.Errorf("list of the calendar lacks entries: %s", got)
	}
	call("PUT", "by-hand-1.ics", event("Moved", "10"), 200, ical...)
	found := o.curl(t, "finditem", values{"Restriction": `<t:IsEqualTo><t:FieldURI FieldURI="item:Subject"/><t:FieldURIOrConstant><t:Constant Value="Moved"/></t:FieldURIOrConstant></t:IsEqualTo>`})
	got := o.curl(t, "getitem", values{"IDs": found.attrs("ItemId", "Id"), "Fields": []string{"calendar:Start", "calendar:Location"}}).expect(t, "NoError")
	if got.first("Start").text != "2026-03-05T08:00:00Z" || got.first("Location").text != "Sali Ä" {
		t.Errorf("entry after the change = %s", got.body)
	}
	call("DELETE", "by-hand-1.ics", "", 200)
	left := o.curl(t, "finditem", nil).expect(t, "NoError")
	if got := left.texts("Subject"); len(got) != 2 {
		t.Errorf("left in the calendar: %v", got)
	}
	if s := o.Gate().Stats(); len(s.Refused) != 0 || s.Handshakes == 0 || s.Handshakes > 20 {
		t.Errorf("sign-in counters = %+v", s)
	}
	if mail := o.Mail(); len(mail) != 0 {
		t.Errorf("%d mails were sent, want none", len(mail))
	}
}
