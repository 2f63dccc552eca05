// A browser as far as the web client's own code needs one: cookies that the server sets, and a note of every call.

const ofNode = globalThis.fetch;

export class Browser {
    cookies = new Map();
    hidden = new Set(); // cookies that scripts do not see
    calls = [];

    constructor(url) {
        this.origin = new URL(url).origin;
    }

    cookie(name) {
        return this.cookies.get(name);
    }

    header() {
        return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }

    // use makes it the environment of the code that runs, until the function it returns is called.
    use() {
        const browser = this;
        globalThis.fetch = (address, options) => browser.fetch(address, options);
        globalThis.document = {
            get cookie() {
                return [...browser.cookies].filter(([name]) => !browser.hidden.has(name)).map(([name, value]) => `${name}=${value}`).join('; ');
            },
        };
        return () => {
            globalThis.fetch = ofNode;
            delete globalThis.document;
        };
    }

    // fetch sends cookies and the origin of the page instead of a token.
    async fetch(address, options = {}) {
        const headers = new Headers(options.headers);
        const token = (headers.get('Authorization') ?? '').replace(/^BEARER /, '');
        if (token && token !== this.cookie('MMAUTHTOKEN')) {
            return ofNode(address, options); // of somebody else in the test
        }
        headers.delete('Authorization');
        headers.set('Origin', this.origin);
        headers.set('Cookie', this.header());
        const response = await ofNode(address, {...options, headers});
        for (const line of response.headers.getSetCookie()) {
            const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
            this.cookies.set(name, value);
            if (/httponly/i.test(line)) {
                this.hidden.add(name);
            }
        }
        this.calls.push({
            call: `${(options.method ?? 'get').toUpperCase()} ${address.replace(this.origin, '')}`,
            status: response.status,
            type: response.headers.get('Content-Type'),
        });
        return response;
    }

    // failed lists the calls that went wrong.
    failed() {
        return this.calls.filter(({status}) => status >= 400).map(({call, status}) => `${status} ${call}`);
    }
}
