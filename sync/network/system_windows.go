package network

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"unsafe"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Windows' own HTTP library knows what is set for the user and for the machine,
// and runs scripts: https://learn.microsoft.com/windows/win32/winhttp/winhttp-autoproxy-support.
var (
	winhttp        = windows.NewLazySystemDLL("winhttp.dll")
	winOpen        = winhttp.NewProc("WinHttpOpen")
	winClose       = winhttp.NewProc("WinHttpCloseHandle")
	winUserConfig  = winhttp.NewProc("WinHttpGetIEProxyConfigForCurrentUser")
	winWholeConfig = winhttp.NewProc("WinHttpGetDefaultProxyConfiguration")
	winProxyForURL = winhttp.NewProc("WinHttpGetProxyForUrl")
	winGlobalFree  = windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalFree")
)

// The flags of winhttp.h.
const (
	winAutoDetect = 0x1
	winConfigURL  = 0x2
	winDetectDHCP = 0x1
	winDetectDNS  = 0x2
	winNoProxy    = 1 // WINHTTP_ACCESS_TYPE_NO_PROXY, also of a session that needs none
	errWinLogin   = windows.Errno(12015)
)

// Of winhttp.h: WINHTTP_CURRENT_USER_IE_PROXY_CONFIG, WINHTTP_PROXY_INFO and WINHTTP_AUTOPROXY_OPTIONS.
type (
	winUser struct {
		autoDetect int32
		script     *uint16
		proxy      *uint16
		bypass     *uint16
	}
	winInfo struct {
		access uint32
		proxy  *uint16
		bypass *uint16
	}
	winOptions struct {
		flags     uint32
		detect    uint32
		script    *uint16
		reserved  uintptr
		reserved2 uint32
		logOn     int32
	}
)

// ThisMachine says what the environment names, else what Windows has set.
func ThisMachine() Machine {
	m, named := environment(httpproxy.FromEnvironment())
	m.Script = func(ctx context.Context, script string, server *url.URL) (Answer, error) {
		return patiently(ctx, func() (Answer, error) {
			ways, err := runScript(script, server)
			return Answer{Proxies: ways}, err
		})
	}
	if !named {
		m.Ask = func(ctx context.Context, server *url.URL) (Answer, error) {
			return patiently(ctx, func() (Answer, error) { return userConfig().answer(server, runScript) })
		}
	}
	return m
}

// patiently makes calls of Windows that cannot be ended: who asked goes on when
// his time is over, and what Windows says then is not heard.
func patiently(ctx context.Context, ask func() (Answer, error)) (Answer, error) {
	type said struct {
		answer Answer
		err    error
	}
	out := make(chan said, 1)
	go func() {
		a, err := ask()
		out <- said{a, err}
	}()
	select {
	case s := <-out:
		return s.answer, s.err
	case <-ctx.Done():
		return Answer{}, fmt.Errorf("ask Windows for the proxy: %w", ctx.Err())
	}
}

// userConfig is what Internet Options say, else what is set for the machine (netsh winhttp).
func userConfig() windowsConfig {
	var u winUser
	var out windowsConfig
	if ok, _, _ := winUserConfig.Call(uintptr(unsafe.Pointer(&u))); ok != 0 {
		out = windowsConfig{detect: u.autoDetect != 0, script: taken(u.script), proxy: taken(u.proxy), bypass: taken(u.bypass), from: fromOptions}
	}
	if out.proxy == "" && out.script == "" {
		out.written()
	}
	if out.proxy != "" || out.script != "" {
		return out
	}
	var m winInfo
	if ok, _, _ := winWholeConfig.Call(uintptr(unsafe.Pointer(&m))); ok != 0 {
		if proxy, bypass := taken(m.proxy), taken(m.bypass); proxy != "" {
			out.proxy, out.bypass, out.from = proxy, bypass, fromMachine
		}
	}
	return out
}

// written reads what a group policy or a script has put into the registry and
// nobody has carried over into what the call above reads.
func (c *windowsConfig) written() {
	k, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Internet Settings`, registry.QUERY_VALUE)
	if err != nil {
		return
	}
	defer k.Close()
	text := func(name string) string {
		v, _, err := k.GetStringValue(name)
		if err != nil {
			return "" // it is not set
		}
		return v
	}
	c.from, c.script = fromOptions, text("AutoConfigURL")
	if on, _, err := k.GetIntegerValue("ProxyEnable"); err == nil && on != 0 {
		c.proxy, c.bypass = text("ProxyServer"), text("ProxyOverride")
	}
}

// taken copies a text that Windows has made, and gives it back.
func taken(p *uint16) string {
	if p == nil {
		return ""
	}
	text := windows.UTF16PtrToString(p)
	_, _, _ = winGlobalFree.Call(uintptr(unsafe.Pointer(p)))
	return text
}

// runScript has Windows fetch and run a script; an empty address is one that the network tells (WPAD).
func runScript(script string, server *url.URL) ([]string, error) {
	session, _, err := winOpen.Call(0, winNoProxy, 0, 0, 0)
	if session == 0 {
		return nil, scriptError(err)
	}
	defer func() { _, _, _ = winClose.Call(session) }()
	at, err := windows.UTF16PtrFromString(server.String())
	if err != nil {
		return nil, errors.New("the server's address cannot be asked for")
	}
	o := winOptions{flags: winAutoDetect, detect: winDetectDHCP | winDetectDNS}
	if script != "" {
		o = winOptions{flags: winConfigURL}
		if o.script, err = windows.UTF16PtrFromString(script); err != nil {
			return nil, errors.New("the address of the script is none")
		}
	}
	var got winInfo
	ask := func() (bool, error) {
		ok, _, err := winProxyForURL.Call(session, uintptr(unsafe.Pointer(at)), uintptr(unsafe.Pointer(&o)), uintptr(unsafe.Pointer(&got)))
		return ok != 0, err
	}
	ok, err := ask()
	if !ok && errors.Is(err, errWinLogin) {
		o.logOn = 1 // only now, as Windows' documentation wants it: it shows who is signed in
		ok, err = ask()
	}
	if !ok {
		return nil, scriptError(err)
	}
	proxies := taken(got.proxy)
	_ = taken(got.bypass)
	if got.access == winNoProxy {
		return nil, nil
	}
	return windowsWays(proxies), nil
}

// scriptError puts what WinHTTP says of a script into words.
func scriptError(err error) error {
	code, _ := errors.AsType[windows.Errno](err)
	say, known := map[windows.Errno]string{
		12007: "the server of the script that chooses proxies is not known",
		12015: "the server of the script that chooses proxies wants a sign-in",
		12029: "the server of the script that chooses proxies does not answer",
		12002: "the server of the script that chooses proxies does not answer",
		12166: "the script that chooses proxies has an error",
		12167: "the script that chooses proxies could not be fetched",
		12178: "the service of Windows that runs scripts for proxies is stopped",
		12180: "the network tells no script that chooses proxies",
	}[code]
	if !known {
		say = fmt.Sprintf("the script that chooses proxies could not be run (error %d of Windows)", int(code))
	}
	return errors.New(say)
}
