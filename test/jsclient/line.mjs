// A WebSocketClient that can be waited for. Node 20 needs --experimental-websocket.

import mattermost from '@mattermost/client'; // CommonJS whose names Node cannot see

const {WebSocketClient} = mattermost;

const address = `${process.env.MUSTER_URL.replace(/\/+$/, '').replace('http', 'ws')}/api/v4/websocket`;

export class Line {
    seen = [];
    waiting = [];
    missed = 0;
    reconnects = 0;

    // A browser would send its cookie; a client without one shows its token afterwards, which resumes nothing.
    constructor(token, byHeader = true, retryTime = 10, headers = {Authorization: `Bearer ${token}`}) {
        this.socket = new WebSocketClient({minWebSocketRetryTime: retryTime, reconnectJitterRange: 1, newWebSocketFn: (to) => {
            this.wire = byHeader ? new WebSocket(to, {headers}) : new WebSocket(to);
            return this.wire;
        }});
        this.socket.addMessageListener((message) => {
            this.seen.push(message);
            this.look();
        });
        this.socket.addMissedMessageListener(() => this.missed++);
        this.socket.addReconnectListener(() => {
            this.reconnects++;
            this.look();
        });
        this.first = new Promise((resolve) => this.socket.addFirstConnectListener(resolve));
        this.socket.initialize(address, byHeader ? null : token);
    }

    look() {
        this.waiting = this.waiting.filter((look) => !look());
    }

    // until waits for what is() gives.
    until(is) {
        return new Promise((resolve) => {
            const look = () => {
                const found = is();
                if (found) {
                    resolve(found);
                }
                return Boolean(found);
            };
            if (!look()) {
                this.waiting.push(look);
            }
        });
    }

    event(name, fits = () => true) {
        return this.until(() => this.seen.find((message) => message.event === name && fits(message)));
    }

    // posted waits for the event about a post with this text.
    posted(text) {
        return this.event('posted', (message) => JSON.parse(message.data.post).message === text);
    }

    // breakOff ends the connection; the client takes it for a broken one and comes back.
    breakOff() {
        const closed = new Promise((resolve) => this.wire.addEventListener('close', resolve));
        this.wire.close();
        return closed;
    }
}
