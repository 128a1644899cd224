package foreign

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

func TestCurl_TransportIsThatOfIIS(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{Auth: ewssim.AuthBoth}, true)
	body := request(t, "getfolder", values{"Folders": []string{"calendar"}})

	t.Run("without credentials", func(t *testing.T) {
		got := o.raw(t, body+strings.Repeat(" ", 1<<20))
		if got.status != 401 || !strings.Contains(got.body, "<html") {
			t.Errorf("answer = %d %q, want 401 and a page", got.status, got.body)
		}
		want := []string{"Negotiate", "NTLM", `Basic realm="mail.office.test"`}
		if diff := cmp.Diff(want, got.header["www-authenticate"]); diff != "" {
			t.Errorf("schemes (-want +got)\n%s", diff)
		}
	})
	t.Run("the connection is signed in, not the request", func(t *testing.T) {
		before := o.Gate().Stats()
		o.raw(t, body, "--ntlm", "-u", `OFFICE\anna:`+password, "-o", os.DevNull, o.url)
		after := o.Gate().Stats()
		if after.Handshakes-before.Handshakes != 1 || after.Reused-before.Reused != 1 {
			t.Errorf("two requests: %d handshakes, %d requests without a header; want 1 and 1", after.Handshakes-before.Handshakes, after.Reused-before.Reused)
		}
	})
	t.Run("path without case", func(t *testing.T) {
		lower := o
		lower.url = strings.ToLower(o.url)
		lower.curl(t, "getfolder", values{"Folders": []string{"calendar"}}).expect(t, "NoError")
	})
	t.Run("content type to the letter", func(t *testing.T) {
		got := o.curl(t, "getfolder", values{"Folders": []string{"calendar"}})
		if diff := cmp.Diff([]string{"text/xml; charset=utf-8"}, got.header["content-type"]); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("compressed only on request", func(t *testing.T) {
		all := values{"Folders": []string{"calendar", "inbox", "tasks"}, "Shape": "AllProperties"}
		if got := o.curl(t, "getfolder", all).expect(t, "NoError", "NoError", "NoError"); got.header["content-encoding"] != nil {
			t.Errorf("compressed unasked: %v", got.header)
		}
		if got := o.curl(t, "getfolder", all, "--compressed").expect(t, "NoError", "NoError", "NoError"); cmp.Diff([]string{"gzip"}, got.header["content-encoding"]) != "" {
			t.Errorf("not compressed though asked: %v", got.header)
		}
	})
	t.Run("headers and cookies that it need not know", func(t *testing.T) {
		o.curl(t, "getfolder", values{"Folders": []string{"calendar"}}, "-H", "X-AnchorMailbox: "+anna, "-H", "X-PreferServerAffinity: True",
			"-H", "Cookie: X-BackEndOverrideCookie=mail~1; exchangecookie=0", "-H", "SOAPAction: anything").expect(t, "NoError")
	})
}

func TestCurl_EveryAnswerNamesTheServersVersion(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	check := func(t *testing.T, got answer, status int, code string) {
		t.Helper()
		info := got.first("ServerVersionInfo").attr
		if got.status != status || info["MajorVersion"] != "15" || info["MinorVersion"] != "1" || info["Version"] == "" || info["MajorBuildNumber"] == "" {
			t.Errorf("status %d with version %v, want %d and 15.1\n%s", got.status, info, status, got.body)
		}
		if got := got.first("ResponseCode"); got.text != code {
			t.Errorf("response code = %q, want %q", got.text, code)
		}
	}
	for _, v := range strings.Fields("Exchange2007_SP1 Exchange2010 Exchange2010_SP1 Exchange2010_SP2 Exchange2013 Exchange2013_SP1 Exchange2016") {
		check(t, o.curl(t, "getfolder", values{"Version": v, "Folders": []string{"calendar"}}), 200, "NoError")
	}
	got := o.curl(t, "getfolder", values{"Version": "Exchange2099", "Folders": []string{"calendar"}})
	check(t, got, 500, "ErrorInvalidServerVersion")
	if ns := got.first("ResponseCode").name.Space; ns != "http://schemas.microsoft.com/exchange/services/2006/errors" {
		t.Errorf("code of the fault is in the namespace %q", ns)
	}
	check(t, o.curl(t, "getfolder_default_namespaces", nil), 200, "NoError")
	check(t, o.curl(t, "getfolder_empty_header", nil), 200, "NoError")
	check(t, o.curl(t, "convertid", values{"ID": "DUMMY", "Mailbox": "DUMMY"}), 200, "ErrorInvalidIdMalformed")
}

func TestCurl_ImpersonatesByEveryKindOfName(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	as := func(sid, address string) answer {
		got := o.raw(t, request(t, "getfolder", values{"SID": sid, "Address": address, "Folders": []string{"calendar"}}), "--ntlm", "-u", `OFFICE\svc:`+password)
		got.node = parse(t, got.body)
		return got
	}
	want := o.curl(t, "getfolder", values{"Folders": []string{"calendar"}}).first("FolderId").attr["Id"]
	for sid, address := range map[string]string{"PrimarySmtpAddress": anna, "SmtpAddress": "anna@office.test", "PrincipalName": "anna@office.test"} {
		if got := as(sid, address); got.status != 200 || got.first("FolderId").attr["Id"] != want {
			t.Errorf("%s: %d, another folder than the owner sees\n%s", sid, got.status, got.body)
		}
	}
	for _, tt := range []struct{ sid, address, code string }{
		{"PrimarySmtpAddress", bert, "ErrorImpersonateUserDenied"},
		{"PrimarySmtpAddress", "anna@office.test", "ErrorNonPrimarySmtpAddress"},
		{"SmtpAddress", "nobody@office.test", "ErrorNonExistentMailbox"},
	} {
		if got := as(tt.sid, tt.address); got.status != 500 || got.first("ResponseCode").text != tt.code {
			t.Errorf("%s %s: %d %q, want 500 %s", tt.sid, tt.address, got.status, got.first("ResponseCode").text, tt.code)
		}
	}
}

func TestCurl_SignsInWithAnyNameOfTheAccount(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{Auth: ewssim.AuthBoth}, false)
	want := o.curl(t, "getfolder", values{"Folders": []string{"calendar"}}).first("FolderId").attr["Id"]
	for _, name := range []string{"anna", `OFFICE\anna`, `office\Anna`, "anna@office.test", anna} {
		for _, scheme := range []string{"--ntlm", "--basic"} {
			got := o.raw(t, request(t, "getfolder", values{"Folders": []string{"calendar"}}), scheme, "-u", name+":"+password)
			if got.status != 200 || parse(t, got.body).first("FolderId").attr["Id"] != want {
				t.Errorf("%s as %s: %d, not Anna's calendar", scheme, name, got.status)
			}
		}
	}
}

func TestCurl_IsRefusedInAnotherDomain(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	if got := o.raw(t, request(t, "getfolder", nil), "--ntlm", "-u", `ELSEWHERE\anna:`+password); got.status != 401 || o.Gate().Refused("anna") != 1 {
		t.Errorf("status %d, %d sign-ins refused; want 401 and 1", got.status, o.Gate().Refused("anna"))
	}
}

func TestCurl_LocksAccountAndSaysNothingMore(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	body := request(t, "getfolder", values{"Folders": []string{"calendar"}})
	for range 5 {
		if got := o.raw(t, body, "--ntlm", "-u", `OFFICE\anna:wrong`); got.status != 401 {
			t.Fatalf("wrong password: %d, want 401", got.status)
		}
	}
	if got := o.raw(t, body, "--ntlm", "-u", `OFFICE\anna:`+password); got.status != 401 || !o.Gate().Locked("anna") {
		t.Errorf("right password after five wrong ones: %d, locked = %t; want 401 and true", got.status, o.Gate().Locked("anna"))
	}
	if got := o.asked("GetFolder", anna); got != 0 {
		t.Errorf("%d requests were answered, want 0", got)
	}
}
