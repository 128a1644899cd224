package autodiscover

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"strings"

	"lockstep/sync/exchange/ews"
)

// answer is what both forms of the question come to.
type answer struct {
	settings  map[string]string
	toAddress string
	toURL     string
	unknown   bool // the server does not know the address
}

// signIn asks with the password.
func (s *search) signIn(ctx context.Context, a Attempt, o ews.Options) error {
	ask := s.pox
	a.How = "pox"
	if strings.HasSuffix(strings.ToLower(a.URL), ".svc") {
		ask, a.How = s.soap, "soap"
	}
	reply, err := ask(ctx, o)
	if err != nil {
		return s.notAnswered(ctx, a, err)
	}
	a.Status = reply.Status
	got, ok := answer{}, false
	if reply.Status == http.StatusOK {
		got, ok = read(reply.Body)
	}
	switch {
	case !ok:
		a.Outcome = Nothing
		s.note(a)
		return nil
	case got.toAddress != "":
		a.Outcome, a.To = Redirected, got.toAddress
		s.note(a)
		return s.moved(ctx, got.toAddress)
	case got.toURL != "":
		a.Outcome, a.To = Redirected, got.toURL
		s.note(a)
		return s.follow(ctx, got.toURL)
	case got.unknown || server(got.settings).EWS == "":
		a.Outcome = NoMailbox
		s.note(a)
		return nil
	}
	a.Outcome = Found
	s.note(a)
	found := server(got.settings)
	found.Address = s.address
	s.report.Server, s.report.Cloud = &found, cloud(found.EWS)
	return nil
}

// notAnswered is a question that got no answer. A refusal at one server is no
// verdict on the password, which may be another directory's; a second one is.
func (s *search) notAnswered(ctx context.Context, a Attempt, err error) error {
	a.Outcome = Unreachable
	e, ok := errors.AsType[*ews.Error](err)
	if ok && e.HTTPStatus != 0 {
		a.Status, a.Outcome = e.HTTPStatus, Nothing
	}
	auth := ews.ClassOf(err) == ews.ClassAuth
	if auth {
		a.Outcome = Refused
	}
	s.note(a)
	if auth && s.o.EWS.Guard != nil && s.o.EWS.Guard.Allow(ctx) != nil {
		return ErrSignIn
	}
	return ctx.Err()
}

// moved begins anew with another address of the same mailbox. One of Microsoft
// 365 says where the mailbox is, and nothing more need be asked.
func (s *search) moved(ctx context.Context, address string) error {
	address = strings.ToLower(strings.TrimSpace(address))
	_, domain, ok := strings.Cut(address, "@")
	if !ok || address == s.address {
		return nil
	}
	if strings.HasSuffix(domain, ".onmicrosoft.com") {
		s.report.Cloud = true
		return nil
	}
	if s.hops++; s.hops > maxHops {
		return ErrNotFound
	}
	s.address = address
	return s.domain(ctx, domain)
}

func cloud(address string) bool {
	return strings.Contains(strings.ToLower(address), "//outlook.office365.com/")
}

func server(settings map[string]string) Server {
	first := func(names ...string) string {
		for _, n := range names {
			if v := strings.TrimSpace(settings[n]); strings.HasPrefix(strings.ToLower(v), "https://") {
				return v
			}
		}
		return ""
	}
	return Server{
		EWS: first("ExternalEwsUrl", "InternalEwsUrl"), InternalEWS: first("InternalEwsUrl"),
		OAB: first("ExternalOABUrl", "InternalOABUrl"), Version: settings["EwsSupportedSchemas"] + settings["ServerVersion"],
	}
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func (s *search) pox(ctx context.Context, o ews.Options) (ews.Reply, error) {
	return ews.Post(ctx, o, nil, []byte(`<?xml version="1.0" encoding="utf-8"?>`+
		`<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>`+
		`<EMailAddress>`+escaped(s.address)+`</EMailAddress>`+
		`<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>`+
		`</Request></Autodiscover>`))
}

const soapAction = "http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings"

func (s *search) soap(ctx context.Context, o ews.Options) (ews.Reply, error) {
	var settings strings.Builder
	for _, name := range []string{"ExternalEwsUrl", "InternalEwsUrl", "ExternalOABUrl", "InternalOABUrl", "EwsSupportedSchemas"} {
		settings.WriteString("<a:Setting>" + name + "</a:Setting>")
	}
	return ews.Post(ctx, o, map[string]string{"SOAPAction": `"` + soapAction + `"`}, []byte(`<?xml version="1.0" encoding="utf-8"?>`+
		`<soap:Envelope xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" xmlns:wsa="http://www.w3.org/2005/08/addressing" `+
		`xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header><a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion>`+
		`<wsa:Action>`+soapAction+`</wsa:Action><wsa:To>`+escaped(o.URL)+`</wsa:To></soap:Header><soap:Body><a:GetUserSettingsRequestMessage><a:Request>`+
		`<a:Users><a:User><a:Mailbox>`+escaped(s.address)+`</a:Mailbox></a:User></a:Users>`+
		`<a:RequestedSettings>`+settings.String()+`</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>`))
}

// soapAnswer and poxAnswer are the parts that are read; names are matched in any namespace.
type soapAnswer struct {
	Users []struct {
		Code     string `xml:"ErrorCode"`
		Target   string `xml:"RedirectTarget"`
		Settings []struct {
			Name  string `xml:"Name"`
			Value string `xml:"Value"`
		} `xml:"UserSettings>UserSetting"`
	} `xml:"Body>GetUserSettingsResponseMessage>Response>UserResponses>UserResponse"`
}

type poxAnswer struct {
	Error *struct {
		Code string `xml:"ErrorCode"`
	} `xml:"Response>Error"`
	Action    string `xml:"Response>Account>Action"`
	Address   string `xml:"Response>Account>RedirectAddr"`
	URL       string `xml:"Response>Account>RedirectUrl"`
	Protocols []struct {
		Type    string `xml:"Type"`
		EWS     string `xml:"EwsUrl"`
		OAB     string `xml:"OABUrl"`
		Version string `xml:"ServerVersion"`
	} `xml:"Response>Account>Protocol"`
}

// read understands both answers; false of anything else.
func read(body []byte) (answer, bool) {
	var root struct{ XMLName xml.Name }
	if xml.Unmarshal(body, &root) != nil {
		return answer{}, false
	}
	switch root.XMLName.Local {
	case "Envelope":
		return readSOAP(body)
	case "Autodiscover":
		return readPOX(body)
	}
	return answer{}, false
}

func readSOAP(body []byte) (answer, bool) {
	var x soapAnswer
	if xml.Unmarshal(body, &x) != nil || len(x.Users) == 0 {
		return answer{}, false
	}
	u, out := x.Users[0], answer{settings: map[string]string{}}
	switch u.Code {
	case "RedirectAddress":
		out.toAddress = u.Target
	case "RedirectUrl":
		out.toURL = u.Target
	case "InvalidUser":
		out.unknown = true
	}
	for _, s := range u.Settings {
		out.settings[s.Name] = s.Value
	}
	return out, true
}

func readPOX(body []byte) (answer, bool) {
	var x poxAnswer
	if xml.Unmarshal(body, &x) != nil {
		return answer{}, false
	}
	out := answer{settings: map[string]string{}}
	if x.Error != nil {
		const badRequest = "600"
		out.unknown = true
		return out, x.Error.Code != badRequest
	}
	switch x.Action {
	case "redirectAddr":
		out.toAddress = x.Address
	case "redirectUrl":
		out.toURL = x.URL
	}
	for _, p := range x.Protocols {
		where := map[string]string{"EXPR": "External", "EXCH": "Internal"}[p.Type]
		if where == "" {
			continue
		}
		out.settings[where+"EwsUrl"], out.settings[where+"OABUrl"] = p.EWS, p.OAB
		if p.Version != "" {
			out.settings["ServerVersion"] = p.Version
		}
	}
	return out, true
}
