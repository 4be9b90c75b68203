"""Listening to the broker: a message is acknowledged after it is kept, so a crash loses none.

Topics `gongzhi/v1/<gateway>/<device>`, QoS 1, a session that outlives the connection. Mosquitto
must run with `max_queued_messages 0` and `max_inflight_messages 0`: its defaults drop messages of
a burst without a word (config/mosquitto.conf).
"""

import logging
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils.timezone import now
from paho.mqtt.enums import CallbackAPIVersion

from gongzhi.sensing.actions import take_readings
from gongzhi.sensing.wire import MESSAGES_MOST, TOPICS, Garbled, Message, from_topic

BATCH = 500  # messages kept in one transaction; whatever queued during the last commit
RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)


class Unkept(Exception):  # noqa: N818 - an orderly end
    """Told to stop before the last messages were kept; the broker has them still."""


@dataclass
class Counts:
    """What came in since the start."""

    messages: int = 0
    new: int = 0
    doubled: int = 0
    unknown: int = 0
    garbled: int = 0


@dataclass
class Intake:
    """One consumer. `client_id` names its session at the broker: one consumer per name."""

    host: str
    port: int = 1883
    client_id: str = "gongzhi-intake"
    username: str = ""
    password: str = ""
    ca_file: str = ""
    ready: Callable[[], None] = lambda: None
    counts: Counts = field(default_factory=Counts)
    _waiting: "queue.SimpleQueue[mqtt.MQTTMessage]" = field(default_factory=queue.SimpleQueue)

    def run(self, stopped: Callable[[], bool]) -> None:
        """Listen until told to stop. A broker that is away is tried again and again."""
        client = self._client()
        client.connect_async(self.host, self.port, keepalive=30)
        client.loop_start()
        try:
            while not stopped():
                batch = self._batch()
                self._keep(batch, stopped)
                for message in batch:
                    client.ack(message.mid, message.qos)
        except Unkept:
            log.warning("stopped before the last messages were kept; the broker has them still")
        finally:
            client.disconnect()
            client.loop_stop()

    def _client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.client_id,
            clean_session=False,
            manual_ack=True,
        )
        if self.username:
            client.username_pw_set(self.username, self.password)
        if self.ca_file:
            client.tls_set(ca_certs=self.ca_file)
        client.reconnect_delay_set(min_delay=1, max_delay=30)
        client.on_connect = self._connected
        client.on_subscribe = lambda *_: self.ready()
        client.on_message = lambda _client, _data, message: self._waiting.put(message)
        return client

    def _connected(
        self, client: mqtt.Client, _data: object, _flags: object, code: object, _more: object
    ) -> None:
        if getattr(code, "is_failure", False):
            log.warning("the broker refused us: %s", code)
            return
        client.subscribe(TOPICS, qos=1)

    def _batch(self) -> list[mqtt.MQTTMessage]:
        """What has come in, at most BATCH; waits a moment for the first."""
        try:
            batch = [self._waiting.get(timeout=0.2)]
        except queue.Empty:
            return []
        while len(batch) < BATCH:
            try:
                batch.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return batch

    def _keep(self, batch: list[mqtt.MQTTMessage], stopped: Callable[[], bool]) -> None:
        """Keep the batch; while the database is away try again, and acknowledge nothing."""
        messages = self._read(batch)
        for begin in range(0, len(messages), MESSAGES_MOST):
            self._keep_some(messages[begin : begin + MESSAGES_MOST], stopped)

    def _keep_some(self, messages: list[Message], stopped: Callable[[], bool]) -> None:
        while not stopped():
            try:
                taken = take_readings(by=None, messages=messages, at=now())
            except DatabaseError as error:
                log.warning("could not keep %d messages, trying again: %r", len(messages), error)
                close_old_connections()
                time.sleep(RETRY_SECONDS)
                continue
            self.counts.new += taken.new
            self.counts.doubled += taken.doubled
            self.counts.unknown += taken.unknown
            return
        raise Unkept

    def _read(self, batch: list[mqtt.MQTTMessage]) -> list[Message]:
        """What can be understood. The rest is counted and let go, or it would come for ever."""
        received = now()
        messages: list[Message] = []
        for raw in batch:
            self.counts.messages += 1
            try:
                messages += from_topic(raw.topic, bytes(raw.payload), received=received)
            except Garbled as error:
                self.counts.garbled += 1
                log.warning("garbled message on %.80s: %s", raw.topic, error)
        return messages
