package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"muster/internal/config"
)

// trusted tells whether an address belongs to a proxy whose headers count.
func trusted(networks []string, addr netip.Addr) bool {
	for _, n := range networks {
		if p, err := netip.ParsePrefix(n); err == nil && p.Contains(addr) {
			return true
		}
		if ip, err := netip.ParseAddr(n); err == nil && ip == addr {
			return true
		}
	}
	return false
}

// clientAddress gives the address a request comes from: what a trusted proxy says,
// else the peer. It also tells whether a trusted proxy stands between.
func clientAddress(cfg *config.Config, r *http.Request) (addr netip.Addr, proxied bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	addr = peer.Addr().Unmap()
	proxies := cfg.MusterSettings.TrustedProxies
	if !trusted(proxies, addr) {
		return addr, false
	}
	for _, name := range cfg.ServiceSettings.TrustedProxyIPHeader {
		if ip, ok := forwardedFor(proxies, r.Header.Values(name)); ok {
			return ip, true
		}
	}
	return addr, true
}

// forwardedFor gives the client in the values of a header. Proxies add the address
// they saw at the end and keep what the client wrote before it, so the last address
// that is no trusted proxy is the first one to believe.
func forwardedFor(proxies, values []string) (client netip.Addr, ok bool) {
	hops := strings.Split(strings.Join(values, ","), ",")
	for _, hop := range slices.Backward(hops) {
		ip, valid := parseHop(strings.TrimSpace(hop))
		if !valid {
			break
		}
		client, ok = ip, true
		if !trusted(proxies, ip) {
			break
		}
	}
	return client, ok
}

// parseHop reads an address that may carry a port.
func parseHop(s string) (netip.Addr, bool) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Unmap(), true
	}
	if hop, err := netip.ParseAddrPort(s); err == nil {
		return hop.Addr().Unmap(), true
	}
	return netip.Addr{}, false
}

// forwardingHeaders are set by proxies; a request with one did not come from here.
var forwardingHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

// nearBy tells whether a request came from this machine without a proxy.
func nearBy(r *http.Request) bool {
	for _, name := range forwardingHeaders {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}
