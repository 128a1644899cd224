package network

import "strings"

// windowsProxies reads the value ProxyServer of Internet Options: one proxy for
// everything, or a list such as http=a:80;https=b:80.
func windowsProxies(value string) (plain, secure string) {
	for part := range strings.SplitSeq(value, ";") {
		kind, address, listed := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case !listed && part != "":
			return part, part
		case kind == "http":
			plain = address
		case kind == "https":
			secure = address
		}
	}
	return plain, secure
}

// windowsExceptions reads the value ProxyOverride, a list such as *.office.test;<local>.
func windowsExceptions(value string) string {
	var out []string
	for part := range strings.SplitSeq(value, ";") {
		part = strings.TrimSpace(part)
		if part == "" || strings.HasPrefix(part, "<") {
			continue
		}
		out = append(out, strings.TrimPrefix(part, "*"))
	}
	return strings.Join(out, ",")
}
